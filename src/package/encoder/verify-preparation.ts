import { invalid } from '../verify-program.ts';
import type { EncoderManifest } from './encoder.ts';
import { type Preparation, sidesOf } from './preparation.ts';

type Of<Kind extends Preparation['kind']> = Extract<Preparation, { kind: Kind }>;
type Input = EncoderManifest['inputs'][number];

/** A part of the manifest that does not agree with the rest of it. */
interface Problem {
  readonly pointer: string;
  readonly expected: string;
  readonly got: unknown;
}

/**
 * Checks that the inputs are those that the preparation makes. The schema cannot express this, and without this check
 * every request would fail.
 * @throws InnerloopError `invalid_package`
 */
export function verifyPreparation(manifest: EncoderManifest): void {
  const { preparation } = manifest;
  const check = checks[preparation.kind] as (given: Preparation, manifest: EncoderManifest) => Problem | null;
  const problem = check(preparation, manifest);
  if (!problem) return;
  const got = problem.got === undefined ? 'nothing' : JSON.stringify(problem.got);
  throw invalid('encoder.json', problem.pointer, problem.expected, got);
}

const checks: {
  readonly [Kind in Preparation['kind']]: (given: Of<Kind>, manifest: EncoderManifest) => Problem | null;
} = {
  image(preparation, { inputs }) {
    const { channels = 'rgb', size, resize = size } = preparation;
    const count = channels === 'gray' ? 1 : 3;
    for (const name of ['mean', 'deviation'] as const)
      if (preparation[name].length !== count)
        return at(`/preparation/${name}`, `${count} numbers for ${channels}`, preparation[name]);
    const [inner, outer] = [sidesOf(size), sidesOf(resize)];
    if (outer.height < inner.height || outer.width < inner.width)
      return at('/preparation/resize', `at least the size ${inner.height} × ${inner.width}`, resize);
    return exactly(inputs, [{ shape: [count, inner.height, inner.width] }]);
  },

  text({ maxTokens, ngrams, tokens }, { inputs, batch, files }) {
    if (!files['tokenizer.json']) return at('/files/tokenizer.json', 'a tokenizer for texts', undefined);
    if (ngrams && !tokens)
      return exactly(inputs, [
        { name: 'ids', shape: ['T'] },
        { name: 'mask', shape: ['T'] },
        { name: 'ngrams', shape: [ngrams.buckets] },
      ]);
    if (!tokens || ngrams) return at('/preparation', 'either ngrams or tokens', { ngrams, tokens });
    const { ids, mask, types } = tokens;
    const names = [ids, mask, types].flatMap((name) => name ?? []);
    const [length] = inputs[0]?.shape ?? [];
    if (typeof length === 'number' && length !== maxTokens)
      return at('/preparation/maxTokens', `${length}, the length of the input`, maxTokens);
    if (typeof length === 'string' && mask === undefined && batch > 1)
      return at('/batch', '1 for tokens of any length without a mask', batch);
    return exactly(
      inputs,
      names.map((name) => ({ name, shape: [length ?? 'T'], dtypes: ['float32', 'int64'] })),
    );
  },

  audio({ length, minSamples = 0, maxSamples }, { inputs }) {
    if (minSamples > maxSamples)
      return at('/preparation/minSamples', `at most maxSamples, ${maxSamples}`, minSamples);
    const [size, channel] = [length ?? 'S', inputs[0]?.shape.length === 2 ? [1] : []];
    return exactly(inputs, [{ shape: [...channel, size] }]);
  },

  tensor(_, { inputs }) {
    const shape = inputs[0]?.shape ?? [];
    const named = shape.find((size) => typeof size === 'string');
    return named === undefined
      ? exactly(inputs, [{ shape }])
      : at('/inputs/0/shape', 'sizes that are numbers', shape);
  },
};

const at = (pointer: string, expected: string, got: unknown): Problem => ({ pointer, expected, got });

interface Expected {
  /** Absent if the input may have any name. */
  readonly name?: string;
  /** Axes that are named by text may have other names. */
  readonly shape: Input['shape'];
  /** Default: `float32`. */
  readonly dtypes?: readonly NonNullable<Input['dtype']>[];
}

function exactly(inputs: readonly Input[], expected: readonly Expected[]): Problem | null {
  const fits = ({ name, shape, dtypes = ['float32'] }: Expected) =>
    inputs.some(
      (each) =>
        (name ?? each.name) === each.name &&
        dtypes.includes(each.dtype ?? 'float32') &&
        each.shape.length === shape.length &&
        each.shape.every(
          (size, axis) =>
            size === shape[axis] || (typeof size === typeof shape[axis] && typeof size === 'string'),
        ),
    );
  if (inputs.length === expected.length && expected.every(fits)) return null;
  const wanted = expected.map(
    ({ name = 'an input', shape, dtypes = ['float32'] }) =>
      `${name} [${shape.join(', ')}] of ${dtypes.join(' or ')}`,
  );
  return at('/inputs', wanted.join('; '), inputs);
}
