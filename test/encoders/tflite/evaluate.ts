import type { TfliteModel, TfliteOperator } from '../../../src/encoders/tflite/read-tflite.ts';

/** A picture [height, width, channels]. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/**
 * Computes a trunk as the documentation of tflite says, in plain loops over pixels with the channels last: slow, and
 * without anything in common with the translation to ONNX. Answers the outputs of the operators `taps`.
 */
export function evaluate(model: TfliteModel, image: Picture, taps: readonly number[]): Picture[] {
  const pictures = new Map<number, Picture>([[model.inputs[0] ?? 0, image]]);
  const weights = new Map<number, Float32Array>();
  const weightsOf = (i = -1) => weights.get(i) ?? model.tensors[i]?.constant?.() ?? new Float32Array();
  const pictureOf = (i = -1) => {
    const picture = pictures.get(i);
    if (!picture) throw new Error(`Expected tensor ${i} before its use`);
    return picture;
  };
  for (const operator of model.operators.slice(0, Math.max(...taps) + 1)) {
    const { op, inputs, outputs } = operator;
    const output = outputs[0] ?? -1;
    if (op === 'DEQUANTIZE') weights.set(output, weightsOf(inputs[0]));
    else if (op === 'QUANTIZE') pictures.set(output, pictureOf(inputs[0]));
    else if (op === 'ADD') {
      const [x, y] = [pictureOf(inputs[0]), pictureOf(inputs[1])];
      pictures.set(output, { ...x, data: x.data.map((value, i) => value + (y.data[i] ?? 0)) });
    } else if (op === 'PAD') {
      const [, , top = 0, bottom = 0, left = 0, right = 0] = weightsOf(inputs[1]);
      pictures.set(output, framed(pictureOf(inputs[0]), [top, bottom, left, right]));
    } else if (op === 'MAX_POOL_2D') pictures.set(output, largest(operator, pictureOf(inputs[0])));
    else if (op === 'CONV_2D' || op === 'DEPTHWISE_CONV_2D') {
      const shape = model.tensors[inputs[1] ?? -1]?.shape ?? [];
      // Convolutions of a detector's boxes, for which a trunk at another size has no input.
      if (!pictures.has(inputs[0] ?? -1)) continue;
      const kernel = weightsOf(inputs[1]);
      pictures.set(output, convolve(operator, pictureOf(inputs[0]), shape, kernel, weightsOf(inputs[2])));
    }
  }
  return taps.map((tap) => pictureOf(model.operators[tap]?.outputs[0]));
}

function made(
  height: number,
  width: number,
  channels: number,
  at: (y: number, x: number, c: number) => number,
): Picture {
  const place = (i: number) =>
    [Math.floor(i / channels / width), Math.floor(i / channels) % width, i % channels] as const;
  return {
    height,
    width,
    channels,
    data: Float32Array.from({ length: height * width * channels }, (_, i) => at(...place(i))),
  };
}

const pixel = ({ height, width, channels, data }: Picture, y: number, x: number, c: number) =>
  y < 0 || y >= height || x < 0 || x >= width ? undefined : data[(y * width + x) * channels + c];

function framed(p: Picture, [top, bottom, left, right]: readonly [number, number, number, number]): Picture {
  return made(
    p.height + top + bottom,
    p.width + left + right,
    p.channels,
    (y, x, c) => pixel(p, y - top, x - left, c) ?? 0,
  );
}

/** The largest of each window that lies within the picture: padding `VALID`. */
function largest({ options }: TfliteOperator, p: Picture): Picture {
  const [strideX = 1, strideY = 1, kw = 1, kh = 1] = [1, 2, 3, 4].map((field) => options?.int(field) ?? 1);
  const [height, width] = [
    Math.floor((p.height - kh) / strideY) + 1,
    Math.floor((p.width - kw) / strideX) + 1,
  ];
  return made(height, width, p.channels, (y, x, c) =>
    Math.max(
      ...Array.from(
        { length: kh * kw },
        (_, i) => pixel(p, y * strideY + Math.floor(i / kw), x * strideX + (i % kw), c) as number,
      ),
    ),
  );
}

function convolve(
  { op, options }: TfliteOperator,
  x: Picture,
  [count = 0, kh = 0, kw = 0, depth = 0]: readonly number[],
  kernel: Float32Array,
  bias: Float32Array,
): Picture {
  const isDepthwise = op === 'DEPTHWISE_CONV_2D';
  const stride = options?.int(1) ?? 1;
  const channels = isDepthwise ? depth : count;
  const isSame = options?.byte(0) === 0;
  const along = (length: number, k: number) =>
    isSame ? Math.ceil(length / stride) : Math.floor((length - k) / stride) + 1;
  const [height, width] = [along(x.height, kh), along(x.width, kw)];
  const top = Math.floor(Math.max(0, (height - 1) * stride + kh - x.height) / 2);
  const left = Math.floor(Math.max(0, (width - 1) * stride + kw - x.width) / 2);
  const activation = options?.byte(isDepthwise ? 4 : 3) ?? 0;
  const [low, high] = [activation === 0 ? -Infinity : 0, activation === 3 ? 6 : Infinity];
  const data = new Float32Array(height * width * channels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let c = 0; c < channels; c++) {
        let sum = bias[c] as number;
        for (let i = 0; i < kh; i++) {
          const y = row * stride + i - top;
          if (y < 0 || y >= x.height) continue;
          for (let j = 0; j < kw; j++) {
            const at = column * stride + j - left;
            if (at < 0 || at >= x.width) continue;
            const pixel = (y * x.width + at) * x.channels;
            if (isDepthwise) {
              sum += (x.data[pixel + c] as number) * (kernel[(i * kw + j) * depth + c] as number);
              continue;
            }
            const tap = ((c * kh + i) * kw + j) * depth;
            for (let d = 0; d < depth; d++)
              sum += (x.data[pixel + d] as number) * (kernel[tap + d] as number);
          }
        }
        data[(row * width + column) * channels + c] = Math.min(high, Math.max(low, sum));
      }
    }
  }
  return { height, width, channels, data };
}
