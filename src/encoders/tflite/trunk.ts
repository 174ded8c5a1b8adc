import { sizeOf } from '../../tensor.ts';
import type { OnnxBuilder } from '../onnx-builder.ts';
import { invalidTflite } from './flatbuffer.ts';
import { operators } from './operators.ts';
import type { Plane } from './plane.ts';
import type { TfliteModel, TfliteOperator } from './read-tflite.ts';
import type { TrunkParts } from './translation.ts';

/** Fused activations by their number in the schema. */
const RELU = 1;
const RELU6 = 3;
/** Weights of all operators together. Operators can share bytes, so the size of the file is not a limit. */
const MAX_WEIGHTS = 2 ** 26;

/**
 * Translates a convolutional trunk to ONNX, and answers the outputs of the operators with the numbers `taps`. Operators
 * that no tap depends on, such as a detector's boxes, are left out. Weights become channels first. The input may have another
 * size than in the file: the trunk has no weights that depend on it. Rows of a batch are independent, because no operator
 * crosses the batch axis.
 *
 * @throws InnerloopError `invalid_package` for an operator or an option that such a trunk does not have
 */
export function trunk(b: OnnxBuilder, model: TfliteModel, input: Plane, taps: readonly number[]): Plane[] {
  const planes = new Map<number, Plane>();
  const needed = neededFor(model, taps);
  const all = model.operators.map((each) => ({ ...each, isNeeded: needed.has(each.outputs[0] ?? -1) }));
  const sources = sourcesOf(model);
  requireFewWeights(
    model,
    all.filter(({ isNeeded }) => isNeeded),
    sources,
  );
  planes.set(model.inputs[0] ?? -1, input);

  const planeOf = (number: number | undefined): Plane => {
    const plane = planes.get(number ?? -1);
    if (!plane) throw invalidTflite(`expected a computed tensor before its use, got tensor ${number}`);
    return plane;
  };
  const constantOf = (number: number | undefined) => {
    const { shape, constant, isReal } = model.tensors[sources.get(number ?? -1) ?? number ?? -1] ?? {};
    if (!constant || !shape) throw invalidTflite(`expected constant weights, got tensor ${number}`);
    if (!isReal) throw invalidTflite(`expected scales of the integer weights, got none of tensor ${number}`);
    return { shape, values: constant() };
  };
  const activated = (name: string, activation: number): string => {
    if (activation === 0) return name;
    if (activation === RELU) return b.node('Relu', [name]);
    if (activation !== RELU6) throw invalidTflite(`expected no activation, RELU or RELU6, got ${activation}`);
    return b.node('Clip', [name, b.scalar(0), b.scalar(6)]);
  };

  /** Computing is in float32, so a change of the type is left out: of weights to float32, of pictures to or from 8 bits. */
  function converted({ inputs: [from = -1] }: TfliteOperator, output: number): void {
    const plane = planes.get(from);
    if (plane) planes.set(output, plane);
  }

  const parts: TrunkParts = {
    b,
    planeOf,
    isPlane: (number) => planes.has(number ?? -1),
    constantOf,
    integersOf: (number) => Array.from(model.tensors[number ?? -1]?.constant?.() ?? []),
    activated,
  };
  for (const [number, operator] of all.entries()) {
    const [output = -1] = operator.outputs;
    if (!operator.isNeeded) continue;
    if (operator.op === 'DEQUANTIZE' || operator.op === 'QUANTIZE') converted(operator, output);
    else {
      const translate = Object.hasOwn(operators, operator.op) ? operators[operator.op] : undefined;
      if (!translate) throw invalidTflite(`expected an operator of a trunk at ${number}, got ${operator.op}`);
      planes.set(output, translate(parts, operator));
    }
  }
  return taps.map((tap) => planeOf(model.operators[tap]?.outputs[0]));
}

/** Numbers of the constants that dequantised weights come from. */
function sourcesOf({ operators, tensors }: TfliteModel): ReadonlyMap<number, number> {
  const sources = new Map<number, number>();
  for (const {
    op,
    inputs: [from = -1],
    outputs: [output = -1],
  } of operators) {
    const source = sources.get(from) ?? from;
    const isConversion = op === 'DEQUANTIZE' || op === 'QUANTIZE';
    if (isConversion && tensors[source]?.constant) sources.set(output, source);
  }
  return sources;
}

/** Thousands of operators, and of tensors, may share the bytes of one. */
function requireFewWeights(
  { tensors }: TfliteModel,
  operators: readonly TfliteOperator[],
  sources: ReadonlyMap<number, number>,
): void {
  const constants = operators.flatMap(({ inputs }) =>
    inputs.flatMap((number) => {
      const { shape, constant } = tensors[sources.get(number) ?? number] ?? {};
      return constant && shape ? [sizeOf(shape)] : [];
    }),
  );
  const total = constants.reduce((sum, size) => sum + size, 0);
  if (total > MAX_WEIGHTS)
    throw invalidTflite(`expected at most ${MAX_WEIGHTS} weights in all, got ${total}`);
}

/** The numbers of the tensors that the taps depend on. */
function neededFor({ operators }: TfliteModel, taps: readonly number[]): ReadonlySet<number> {
  const needed = new Set(taps.flatMap((tap) => operators[tap]?.outputs ?? []));
  // Operators lie in the order of computing, so one pass from the end meets each use before its source.
  for (const { inputs, outputs } of operators.toReversed()) {
    if (outputs.some((output) => needed.has(output))) for (const input of inputs) needed.add(input);
  }
  return needed;
}
