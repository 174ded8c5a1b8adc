import { convolution, pad, pool } from './convolution-and-pooling.ts';
import { invalidTflite } from './flatbuffer.ts';
import type { Plane } from './plane.ts';
import type { Translate } from './translation.ts';

/** Of two planes, or of a plane and a constant: one number, or one for each channel. Sides of 1 broadcast. */
const binary =
  (op: string): Translate =>
  ({ b, planeOf, isPlane, constantOf, activated }, { inputs, options }) => {
    const sides = [inputs[0], inputs[1]].map((number): Plane => {
      if (isPlane(number)) return planeOf(number);
      const { values } = constantOf(number);
      const name = b.floats(`constant_${number}`, [1, values.length, 1, 1], values);
      return { name, channels: values.length, height: 1, width: 1 };
    }) as [Plane, Plane];
    const side = (of: (plane: Plane) => number) => {
      const [x, y] = [of(sides[0]), of(sides[1])];
      if (x === y || y === 1 || x === 1) return Math.max(x, y);
      throw invalidTflite(`expected shapes of ${op} that broadcast, got sides of ${x} and ${y}`);
    };
    return {
      channels: side(({ channels }) => channels),
      height: side(({ height }) => height),
      width: side(({ width }) => width),
      name: activated(b.node(op, [sides[0].name, sides[1].name]), options?.byte(0) ?? 0),
    };
  };

const unary =
  (op: string): Translate =>
  ({ b, planeOf }, { inputs }) => {
    const x = planeOf(inputs[0]);
    return { ...x, name: b.node(op, [x.name]) };
  };

/** A mean over height and width. */
const mean: Translate = ({ b, planeOf, integersOf }, { inputs }) => {
  const x = planeOf(inputs[0]);
  const axes = integersOf(inputs[1]).map((axis) => (axis < 0 ? axis + 4 : axis));
  if (axes.toSorted().join() !== '1,2')
    throw invalidTflite(`expected a mean over height and width, got axes ${axes}`);
  return { ...x, name: b.node('GlobalAveragePool', [x.name]), height: 1, width: 1 };
};

/** A product with a matrix [out, in] is a convolution of one pixel. */
const fullyConnected: Translate = ({ b, planeOf, constantOf, activated }, { inputs, options }) => {
  const x = planeOf(inputs[0]);
  const { shape, values } = constantOf(inputs[1]);
  const [channels = 0, depth = 0] = shape;
  if (x.height * x.width !== 1 || shape.length !== 2 || depth !== x.channels)
    throw invalidTflite(
      `expected weights for ${x.channels} numbers, got [${shape}] for ${x.height}×${x.width} pixels`,
    );
  const bias = (inputs[2] ?? -1) < 0 ? new Float32Array(channels) : constantOf(inputs[2]).values;
  if (bias.length !== channels) throw invalidTflite(`expected ${channels} biases, got ${bias.length}`);
  const weights = b.floats(`weights_${inputs[1]}`, [channels, depth, 1, 1], values);
  const name = b.node('Conv', [x.name, weights, b.floats(`biases_${inputs[1]}`, [channels], bias)], {
    kernel_shape: [1, 1],
  });
  return { name: activated(name, options?.byte(0) ?? 0), channels, height: 1, width: 1 };
};

/** The numbers of one pixel in another shape. */
const reshaped: Translate = ({ planeOf }, { inputs }) => {
  const x = planeOf(inputs[0]);
  if (x.height * x.width === 1) return x;
  throw invalidTflite(`expected to reshape one pixel, got ${x.height}×${x.width}`);
};

const concatenation: Translate = ({ b, planeOf, activated }, { inputs, options }) => {
  const planes = inputs.map(planeOf);
  const [first] = planes as [Plane];
  const axis = options?.int(0) ?? 0;
  const isFit = planes.every(({ height, width }) => height === first.height && width === first.width);
  if (!isFit || (axis !== 3 && axis !== -1))
    throw invalidTflite(`expected planes of one size to join along channels, got axis ${axis}`);
  const name = b.node(
    'Concat',
    planes.map((each) => each.name),
    { axis: 1 },
  );
  const channels = planes.reduce((sum, each) => sum + each.channels, 0);
  return { ...first, channels, name: activated(name, options?.byte(1) ?? 0) };
};

/** Convolutions, and the operators around them: of blocks that weigh channels, of activations, and of heads. */
export const operators: Readonly<Record<string, Translate>> = {
  CONV_2D: convolution(false),
  DEPTHWISE_CONV_2D: convolution(true),
  MAX_POOL_2D: pool('MaxPool'),
  AVERAGE_POOL_2D: pool('AveragePool'),
  PAD: pad,
  ADD: binary('Add'),
  SUB: binary('Sub'),
  MUL: binary('Mul'),
  DIV: binary('Div'),
  MAXIMUM: binary('Max'),
  MINIMUM: binary('Min'),
  RELU: unary('Relu'),
  LOGISTIC: unary('Sigmoid'),
  TANH: unary('Tanh'),
  HARD_SWISH: unary('HardSwish'),
  RELU6: ({ planeOf, activated }, { inputs }) => {
    const x = planeOf(inputs[0]);
    return { ...x, name: activated(x.name, 3) };
  },
  MEAN: mean,
  FULLY_CONNECTED: fullyConnected,
  RESHAPE: reshaped,
  SQUEEZE: reshaped,
  EXPAND_DIMS: reshaped,
  CONCATENATION: concatenation,
};
