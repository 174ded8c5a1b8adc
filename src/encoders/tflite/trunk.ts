import { sizeOf } from '../../tensor.ts';
import type { OnnxBuilder } from '../onnx-builder.ts';
import { invalidTflite, type Table } from './flatbuffer.ts';
import { operators as others, type TrunkParts } from './operators.ts';
import { along, type Plane, SAME_PADDING } from './plane.ts';
import type { TfliteModel, TfliteOperator } from './read-tflite.ts';

/** Fused activations by their number in the schema. */
const RELU = 1;
const RELU6 = 3;
/** Weights of all operators together. Operators can share bytes, so the size of the file is not a limit. */
const MAX_WEIGHTS = 2 ** 26;
/** Pixels of padding on one side. ResNet has 3. */
const MAX_PADDING = 64;

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
  const operators = model.operators.map((each) => ({ ...each, isNeeded: needed.has(each.outputs[0] ?? -1) }));
  const sources = sourcesOf(model);
  requireFewWeights(
    model,
    operators.filter(({ isNeeded }) => isNeeded),
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

  function convolution({ inputs, options }: TfliteOperator, isDepthwise: boolean): Plane {
    const x = planeOf(inputs[0]);
    const { shape, values } = constantOf(inputs[1]);
    const [count = 0, kh = 0, kw = 0, depth = 0] = shape;
    const channels = isDepthwise ? depth : count;
    const bias = (inputs[2] ?? -1) < 0 ? undefined : constantOf(inputs[2]).values;
    const isFit = depth === x.channels && (!isDepthwise || count === 1);
    if (!isFit || (bias && bias.length !== channels)) {
      throw invalidTflite(
        `expected weights for ${x.channels} channels, got [${shape}] and ${bias?.length ?? 'no'} biases`,
      );
    }
    const { stride, isSame, activation } = optionsOf(options, isDepthwise);
    const [vertical, horizontal] = [along(x.height, kh, stride, isSame), along(x.width, kw, stride, isSame)];
    const kernel = isDepthwise ? [channels, 1, kh, kw] : [channels, depth, kh, kw];
    const name = b.node(
      'Conv',
      [
        x.name,
        b.floats(`weights_${inputs[1]}`, kernel, channelsFirst(values, shape, isDepthwise)),
        ...(bias ? [b.floats(`biases_${inputs[2]}`, [channels], bias)] : []),
      ],
      {
        kernel_shape: [kh, kw],
        strides: [stride, stride],
        pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
        group: isDepthwise ? channels : 1,
      },
    );
    return {
      name: activated(name, activation),
      channels,
      height: vertical.length,
      width: horizontal.length,
    };
  }

  /** Computing is in float32, so a change of the type is left out: of weights to float32, of pictures to or from 8 bits. */
  function converted({ inputs: [from = -1] }: TfliteOperator, output: number): void {
    const plane = planes.get(from);
    if (plane) planes.set(output, plane);
  }

  function maxPool({ inputs, options }: TfliteOperator): Plane {
    const x = planeOf(inputs[0]);
    const [strideX = 0, strideY = 0, kw = 0, kh = 0] = [1, 2, 3, 4].map((field) => options?.int(field) ?? 0);
    const isSame = options?.byte(0) === SAME_PADDING;
    if (Math.min(strideX, strideY, kw, kh) < 1)
      throw invalidTflite(`expected a window and strides from 1, got ${kh}×${kw}, ${strideY} and ${strideX}`);
    const [vertical, horizontal] = [
      along(x.height, kh, strideY, isSame),
      along(x.width, kw, strideX, isSame),
    ];
    const name = b.node('MaxPool', [x.name], {
      kernel_shape: [kh, kw],
      strides: [strideY, strideX],
      pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
    });
    const size = { height: vertical.length, width: horizontal.length };
    return { ...x, ...size, name: activated(name, options?.byte(5) ?? 0) };
  }

  /** Zeros around the picture. */
  function pad({ inputs: [from, paddings] }: TfliteOperator): Plane {
    const x = planeOf(from);
    const [b0, b1, top = 0, bottom = 0, left = 0, right = 0, c0, c1] =
      model.tensors[paddings ?? -1]?.constant?.() ?? [];
    const sides = [top, left, bottom, right];
    if ([b0, b1, c0, c1].some((each) => each !== 0) || sides.some((each) => each < 0 || each > MAX_PADDING))
      throw invalidTflite('expected constant paddings of height and width alone');
    const name = b.node('Pad', [x.name, b.ints(0, 0, top, left, 0, 0, bottom, right)]);
    return { ...x, name, height: x.height + top + bottom, width: x.width + left + right };
  }

  const parts: TrunkParts = {
    b,
    planeOf,
    isPlane: (number) => planes.has(number ?? -1),
    constantOf,
    integersOf: (number) => Array.from(model.tensors[number ?? -1]?.constant?.() ?? []),
    activated,
  };
  for (const [number, operator] of operators.entries()) {
    const [output = -1] = operator.outputs;
    if (!operator.isNeeded) continue;
    if (operator.op === 'DEQUANTIZE' || operator.op === 'QUANTIZE') converted(operator, output);
    else if (operator.op === 'CONV_2D') planes.set(output, convolution(operator, false));
    else if (operator.op === 'DEPTHWISE_CONV_2D') planes.set(output, convolution(operator, true));
    else if (operator.op === 'MAX_POOL_2D') planes.set(output, maxPool(operator));
    else if (operator.op === 'PAD') planes.set(output, pad(operator));
    else {
      const translate = Object.hasOwn(others, operator.op) ? others[operator.op] : undefined;
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

function optionsOf(options: Table | undefined, isDepthwise: boolean) {
  const [strideX, strideY] = [options?.int(1) ?? 0, options?.int(2) ?? 0];
  const dilation = isDepthwise ? [5, 6] : [4, 5];
  const isPlain =
    dilation.every((field) => (options?.int(field, 1) ?? 1) === 1) && (!isDepthwise || options?.int(3) === 1);
  if (!isPlain || strideX !== strideY || strideX < 1) {
    throw invalidTflite('expected a convolution with equal strides, without dilation and multiplier');
  }
  return {
    stride: strideX,
    isSame: options?.byte(0) === SAME_PADDING,
    activation: options?.byte(isDepthwise ? 4 : 3) ?? 0,
  };
}

/** [out, h, w, in] → [out, in, h, w]; of a depthwise convolution [1, h, w, c] → [c, 1, h, w]. */
function channelsFirst(
  values: Float32Array,
  [count = 0, kh = 0, kw = 0, depth = 0]: readonly number[],
  isDepthwise: boolean,
): Float32Array {
  const area = kh * kw;
  const out = new Float32Array(sizeOf([count, kh, kw, depth]));
  for (let o = 0; o < count; o++) {
    for (let p = 0; p < area; p++) {
      for (let i = 0; i < depth; i++) {
        const value = values[(o * area + p) * depth + i] as number;
        out[isDepthwise ? i * area + p : (o * depth + i) * area + p] = value;
      }
    }
  }
  return out;
}
