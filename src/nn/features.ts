import { add, concat, matMul, mul, relu, slice, softmax, sqrt, sub } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Encoder } from './encoder.ts';
import { unitRows } from './layers/attention.ts';
import { heNormal, type ParameterSpecs, type Params, startAt, weightOf } from './parameters.ts';

/**
 * Factor of the adapter's output. Features of length 1 have small elements; without it, a step of Adam changes them by more than
 * their size.
 */
const ADAPTER_SCALE = 0.05;

/** A view of an encoder's features: some of its columns, perhaps with an adapter. */
export interface FeaturePart {
  readonly name: string;
  /** First column. */
  readonly start: number;
  readonly width: number;
  /** Whether the learned mean is subtracted before rows are scaled to length 1. */
  readonly centre?: boolean | undefined;
  /** Width of the adapter's bottleneck; no adapter if it is absent. */
  readonly bottleneck?: number | undefined;
}

/**
 * The network over features of a frozen encoder. Each part is centred, scaled to length 1 and adapted; then the parts are
 * joined with fitted weights aₚ whose sum is 1:
 *
 *     u = (x − μ) / ‖x − μ‖,    v = u + s relu(u D + b) U,    z = [√a₁ v₁/‖v₁‖, …]
 *
 * so that products of rows are weighted means of the cosines of the parts. U starts at 0, so an untrained adapter changes
 * nothing.
 *
 * @see Houlsby et al., ICML 2019, https://arxiv.org/abs/1902.00751, §2.1 (bottleneck adapter); He et al., ICLR 2022,
 * https://arxiv.org/abs/2110.04366, §4.3 (in parallel)
 */
export function features(inputWidth: number, parts: readonly FeaturePart[]): Encoder {
  return {
    inputShape: [inputWidth],
    features: parts.reduce((sum, { width }) => sum + width, 0),
    parts: parts.map(({ name, width }) => ({ name, width })),
    parameters: { ...Object.assign({}, ...parts.map(parametersOf)), join: startAt(0, [parts.length]) },
    lastLayer: [],
    apply(params, x) {
      const shares = softmax(weightOf(params, 'join'));
      const joined = parts.map((part, i) =>
        mul(viewOf(part, params, x), sqrt(slice(shares, [{ axis: 0, start: i, end: i + 1 }]))),
      );
      return concat(joined, 1);
    },
  };
}

function parametersOf({ name, width, centre, bottleneck }: FeaturePart): ParameterSpecs {
  return {
    ...(centre && { [`${name}.centre`]: startAt(0, [width]) }),
    ...(bottleneck !== undefined && {
      [`${name}.down`]: heNormal([width, bottleneck], 1),
      [`${name}.bias`]: startAt(0, [bottleneck]),
      [`${name}.up`]: startAt(0, [bottleneck, width]),
    }),
  };
}

function viewOf({ name, start, width, centre, bottleneck }: FeaturePart, params: Params, x: Value): Value {
  const own = slice(x, [{ axis: 1, start, end: start + width }]);
  const unit = unitRows(centre ? sub(own, weightOf(params, `${name}.centre`)) : own);
  if (bottleneck === undefined) return unit;
  const weight = (kind: string) => weightOf(params, `${name}.${kind}`);
  const hidden = relu(add(matMul(unit, weight('down')), weight('bias')));
  return unitRows(add(unit, mul(matMul(hidden, weight('up')), ADAPTER_SCALE)));
}
