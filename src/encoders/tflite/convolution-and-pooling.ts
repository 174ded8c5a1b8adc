import { sizeOf } from '../../tensor.ts';
import { invalidTflite, type Table } from './flatbuffer.ts';
import { along, SAME_PADDING } from './plane.ts';
import type { Translate } from './translation.ts';

/** Pixels of padding on one side. ResNet has 3. */
const MAX_PADDING = 64;

/** A convolution with its fused activation. */
export const convolution =
  (isDepthwise: boolean): Translate =>
  ({ b, planeOf, constantOf, activated }, { inputs, options }) => {
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
  };

/** The largest number or the mean of each window. */
export const pool =
  (op: 'MaxPool' | 'AveragePool'): Translate =>
  ({ b, planeOf, activated }, { inputs, options }) => {
    const x = planeOf(inputs[0]);
    const [strideX = 0, strideY = 0, kw = 0, kh = 0] = [1, 2, 3, 4].map((field) => options?.int(field) ?? 0);
    if (Math.min(strideX, strideY, kw, kh) < 1)
      throw invalidTflite(`expected a window and strides from 1, got ${kh}×${kw}, ${strideY} and ${strideX}`);
    const isSame = options?.byte(0) === SAME_PADDING;
    const [rows, columns] = [along(x.height, kh, strideY, isSame), along(x.width, kw, strideX, isSame)];
    const name = b.node(op, [x.name], {
      kernel_shape: [kh, kw],
      strides: [strideY, strideX],
      pads: [rows.before, columns.before, rows.after, columns.after],
    });
    const size = { height: rows.length, width: columns.length };
    return { ...x, ...size, name: activated(name, options?.byte(5) ?? 0) };
  };

/** Zeros around the picture. */
export const pad: Translate = ({ b, planeOf, integersOf }, { inputs: [from, paddings] }) => {
  const x = planeOf(from);
  const [b0, b1, top = 0, bottom = 0, left = 0, right = 0, c0, c1] = integersOf(paddings);
  const sides = [top, left, bottom, right];
  if ([b0, b1, c0, c1].some((each) => each !== 0) || sides.some((each) => each < 0 || each > MAX_PADDING))
    throw invalidTflite('expected constant paddings of height and width alone');
  const name = b.node('Pad', [x.name, b.ints(0, 0, top, left, 0, 0, bottom, right)]);
  return { ...x, name, height: x.height + top + bottom, width: x.width + left + right };
};

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
