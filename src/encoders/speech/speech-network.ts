import type { Tensor } from '../../tensor.ts';
import type { OnnxBuilder } from '../onnx-builder.ts';

/** Weights of the two original networks by name. */
export interface SpeechWeights {
  readonly spectrogram: (name: string) => Tensor;
  readonly embedding: (name: string) => Tensor;
}

/** Samples between two frames of the spectrogram: 10 ms. */
const HOP = 160;
/** Features of a window, which is 76 frames long; the next window starts 8 frames later. */
const WINDOW_FEATURES = 96;
/** Features of a sound: see `speechNetwork`. */
export const SPEECH_FEATURES = 3 * WINDOW_FEATURES;

/**
 * Google's speech embedding: a mel spectrogram, windows of 760 ms every 80 ms, 96 features of each window, and statistics of
 * these features over time.
 *
 *     samples [1, S] → frames [1, 1, T, 32] → windows [1, 96, W] → [1, 288]
 *
 * The convolutions are not padded in time. Therefore one pass over all frames gives the features of all windows, without
 * cutting them out: each frame is read once, not ten times.
 *
 * The spectrogram takes a maximum over its batch, so a run must have one sound.
 *
 * @see Lin et al., Training Keyword Spotters with Limited and Synthesized Speech Data, ICASSP 2020,
 * https://arxiv.org/abs/2002.01322
 */
export function speechNetwork(b: OnnxBuilder, weights: SpeechWeights, samples: string): string {
  return pooled(b, windows(b, weights, spectrogram(b, weights, samples)));
}

/** Decibels of 32 mel bands, at most 80 below the loudest, divided by 10, plus 2: [1, S] → [1, 1, T, 32]. */
export function spectrogram(b: OnnxBuilder, { spectrogram: weight }: SpeechWeights, samples: string): string {
  const channel = b.node('Unsqueeze', [samples, b.ints(1)]);
  const squared = ['real', 'imag'].map((part) => {
    const kernel = constant(b, weight, `0.stft.conv_${part}.weight`);
    const spectrum = b.node('Conv', [channel, kernel], { strides: [HOP] });
    return b.node('Mul', [spectrum, spectrum]);
  });
  const power = b.node('Transpose', [b.node('Add', squared)], { perm: [0, 2, 1] });
  const mel = b.node('MatMul', [power, constant(b, weight, '1.melW')]);
  const decibels = b.node('Mul', [
    b.node('Log', [b.node('Max', [mel, b.scalar(1e-10)])]),
    b.scalar(10 / Math.LN10),
  ]);
  const loudest = b.node('ReduceMax', [decibels], { keepdims: 0 });
  const audible = b.node('Max', [decibels, b.node('Sub', [loudest, b.scalar(80)])]);
  const scaled = b.node('Add', [b.node('Div', [audible, b.scalar(10)]), b.scalar(2)]);
  return b.node('Unsqueeze', [scaled, b.ints(1)]);
}

/** Size of the pooling, in time and in frequency, after these layers. */
const POOLING: ReadonlyMap<number, readonly [number, number]> = new Map([
  [2, [2, 2]],
  [6, [1, 2]],
  [10, [2, 2]],
  [14, [1, 2]],
  [18, [2, 2]],
]);
const LAYERS = 19;

/** [1, 1, T, 32] → [1, 96, W], W = ⌊(T − 76) / 8⌋ + 1. */
export function windows(b: OnnxBuilder, { embedding: weight }: SpeechWeights, frames: string): string {
  let x = frames;
  for (let layer = 0; layer < LAYERS; layer++) {
    const name = `model/conv2d${layer === 0 ? '' : `_${layer}`}/Conv2D`;
    const kernel = weight(`${name}_weights_fused_bn`);
    // Kernels that read neighbouring bands are padded in frequency, so that the number of bands stays.
    const pads = kernel.shape[3] === 3 ? [0, 1, 0, 1] : [0, 0, 0, 0];
    const inputs = [
      x,
      constant(b, weight, `${name}_weights_fused_bn`),
      constant(b, weight, `${name}_bias_fused_bn`),
    ];
    const activated = b.node('LeakyRelu', [b.node('Conv', inputs, { pads })], { alpha: { float: 0.2 } });
    x = b.node('Max', [activated, b.scalar(-0.4)]);
    const pooling = POOLING.get(layer);
    if (pooling) x = b.node('MaxPool', [x], { kernel_shape: pooling, strides: pooling });
  }
  const last = b.node('Conv', [x, constant(b, weight, 'model/conv2d_19/Conv2D/ReadVariableOp:0')]);
  return b.node('Squeeze', [last, b.ints(3)]);
}

/**
 * Statistics of the windows over time. Two means, weighted by a falling and a rising ramp, describe the beginning and the end;
 * both are divided by their common length. The standard deviation describes the change; it is divided by twice its length. The
 * ramps keep the order of a word's parts. [1, 96, W] → [1, 288]
 */
export function pooled(b: OnnxBuilder, windows: string): string {
  const mean = b.node('ReduceMean', [windows, b.ints(2)], { keepdims: 1 });
  const change = b.node('Sub', [windows, mean]);
  const variance = b.node('ReduceMean', [b.node('Mul', [change, change]), b.ints(2)], { keepdims: 0 });
  const deviation = unit(b, b.node('Sqrt', [variance]));
  // The sum of all sums of x from w on is Σ (w + 1) x[w]: a rising ramp. The factor of a mean cancels in the length.
  const ramps = [1, 0].map((reverse) => {
    const sums = b.node('CumSum', [windows, b.ints(2)], { reverse });
    return b.node('ReduceMean', [sums, b.ints(2)], { keepdims: 0 });
  });
  const means = unit(b, b.node('Concat', ramps, { axis: 1 }));
  return b.node('Concat', [means, b.node('Mul', [deviation, b.scalar(0.5)])], { axis: 1 });
}

/** Divided by its length; zeros stay zeros. */
function unit(b: OnnxBuilder, x: string): string {
  const length = b.node('ReduceL2', [x, b.ints(1)], { keepdims: 1 });
  return b.node('Div', [x, b.node('Max', [length, b.scalar(1e-6)])]);
}

function constant(b: OnnxBuilder, weight: (name: string) => Tensor, name: string): string {
  const { shape, data } = weight(name);
  return b.floats(name, shape, data);
}
