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
    else if (Object.hasOwn(pointwise, op)) {
      const x = pictureOf(inputs[0]);
      const f = pointwise[op] as (x: number) => number;
      pictures.set(output, { ...x, data: x.data.map(f) });
    } else if (op === 'MUL' || op === 'SUB') {
      const x = pictureOf(inputs[0]);
      const other = pictures.get(inputs[1] ?? -1)?.data ?? weightsOf(inputs[1]);
      const by = (i: number) =>
        other[other.length === x.data.length ? i : (i % x.channels) % other.length] as number;
      pictures.set(output, {
        ...x,
        data: x.data.map((value, i) => (op === 'MUL' ? value * by(i) : value - by(i))),
      });
    } else if (op === 'RESHAPE') pictures.set(output, pictureOf(inputs[0]));
    else if (op === 'MEAN') {
      const x = pictureOf(inputs[0]);
      const area = x.height * x.width;
      const average = (_y: number, _x: number, c: number) =>
        x.data.reduce((sum, value, i) => (i % x.channels === c ? sum + value : sum), 0) / area;
      pictures.set(output, made(1, 1, x.channels, average));
    } else if (op === 'FULLY_CONNECTED') {
      const { data } = pictureOf(inputs[0]);
      const [matrix, bias] = [weightsOf(inputs[1]), weightsOf(inputs[2])];
      const row = (_y: number, _x: number, c: number) =>
        data.reduce((sum, value, i) => sum + value * (matrix[c * data.length + i] as number), bias[c] ?? 0);
      const y = made(1, 1, matrix.length / data.length, row);
      pictures.set(
        output,
        operator.options?.byte(0) === 1 ? { ...y, data: y.data.map((v) => Math.max(0, v)) } : y,
      );
    } else if (op === 'AVERAGE_POOL_2D') pictures.set(output, average(operator, pictureOf(inputs[0])));
    else if (op === 'CONCATENATION') {
      const parts = inputs.map(pictureOf);
      const [first] = parts as [Picture];
      const all = (y: number, x: number) =>
        parts.flatMap((p) => Array.from({ length: p.channels }, (_, c) => pixel(p, y, x, c)));
      const channels = parts.reduce((sum, p) => sum + p.channels, 0);
      pictures.set(
        output,
        made(first.height, first.width, channels, (y, x, c) => all(y, x)[c] as number),
      );
    } else if (op === 'ADD') {
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

const pointwise: Readonly<Record<string, (x: number) => number>> = {
  RELU: (x) => Math.max(0, x),
  LOGISTIC: (x) => 1 / (1 + Math.exp(-x)),
  HARD_SWISH: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
};

/** The mean of the pixels of each window that are in the picture: padding `SAME`. */
function average({ options }: TfliteOperator, p: Picture): Picture {
  const [strideX = 1, strideY = 1, kw = 1, kh = 1] = [1, 2, 3, 4].map((field) => options?.int(field) ?? 1);
  const [height, width] = [Math.ceil(p.height / strideY), Math.ceil(p.width / strideX)];
  const before = (size: number, count: number, stride: number, k: number) =>
    Math.floor(Math.max(0, (count - 1) * stride + k - size) / 2);
  const [top, left] = [before(p.height, height, strideY, kh), before(p.width, width, strideX, kw)];
  return made(height, width, p.channels, (y, x, c) => {
    const found = Array.from({ length: kh * kw }, (_, i) =>
      pixel(p, y * strideY + Math.floor(i / kw) - top, x * strideX + (i % kw) - left, c),
    ).filter((value) => value !== undefined);
    return found.reduce((a, b) => a + b, 0) / found.length;
  });
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
        let sum = bias[c] ?? 0;
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
