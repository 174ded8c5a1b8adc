/**
 * Floating-point operations of the workloads, counted as in `torch_peer.py`: a multiply-add is two operations. Only
 * convolutions and matrix products are counted, including kernel taps in the padding, but no normalisation and no
 * rectifiers.
 */
const CONV_MACS = [14 * 14 * 64 * 9, 7 * 7 * 64 * 9 * 64, 4 * 4 * 64 * 9 * 64, 2 * 2 * 64 * 9 * 64] as const;
const ALL = CONV_MACS.reduce((a, b) => a + b);
const FIRST = CONV_MACS[0];

/** `head` is the number of weights of the linear head. Each weight is one multiply-add per image. */
export const convForward = (images: number, head: number) => 2 * images * (ALL + head);

/** Forward, weight gradient and input gradient; the first layer has no input gradient. */
export const convTrain = (images: number, head: number) => 2 * images * (3 * (ALL + head) - FIRST);

/** An inner step, forward and backward, and the derivative of both. */
export const convSecond = (images: number, head: number) =>
  2 * images * (9 * (ALL - FIRST + head) + 4 * FIRST);

/** Forward, weight gradient and input gradient of fully connected layers of these sizes. */
export function mlpTrain(rows: number, sizes: readonly number[]): number {
  const macs = sizes.slice(1).map((out, i) => out * (sizes[i] ?? 0));
  return 2 * rows * (3 * macs.reduce((a, b) => a + b) - (macs[0] ?? 0));
}
