import type { Tensor } from '../../tensor.ts';

const BINS = 15;

/** Counts of predictions by confidence, over many batches. */
export interface CalibrationBins {
  /** Logits and one-hot labels, both [n, ways]. */
  add(logits: Tensor, y: Tensor): void;
  /** Expected calibration error: Σ over bins of |correct − confidence| / n. NaN without predictions. */
  error(): number;
}

/** @see Guo, Pleiss, Sun & Weinberger, ICML 2017, https://arxiv.org/abs/1706.04599, eq. 3 */
export function calibrationBins(): CalibrationBins {
  const [gap, total] = [new Float64Array(BINS), { count: 0 }];
  return {
    add({ shape: [rows = 0, ways = 1], data }, y) {
      for (let row = 0; row < rows; row++) {
        const logits = data.subarray(row * ways, (row + 1) * ways);
        const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
        const confidence = 1 / logits.reduce((sum, each) => sum + Math.exp(each - highest), 0);
        const isRight = y.data[row * ways + logits.indexOf(highest)] === 1;
        const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
        gap[bin] = (gap[bin] as number) + Number(isRight) - confidence;
        total.count += 1;
      }
    },
    // Rounded, because episodes end in any order and sums in another order differ in their last digits.
    error: () => Number((gap.reduce((sum, each) => sum + Math.abs(each), 0) / total.count).toFixed(6)),
  };
}
