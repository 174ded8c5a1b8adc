import type { Tensor } from '../../tensor.ts';

/** Share of rows whose largest logit is the labelled class: both [n, ways]. */
export function accuracyOf(logits: Tensor, y: Tensor): number {
  const [rows = 0, ways = 1] = logits.shape;
  const argmax = (data: Float32Array, row: number) => {
    let best = row * ways;
    for (let i = best + 1; i < (row + 1) * ways; i++)
      if ((data[i] as number) > (data[best] as number)) best = i;
    return best;
  };
  let right = 0;
  for (let row = 0; row < rows; row++) if (argmax(logits.data, row) === argmax(y.data, row)) right += 1;
  return right / rows;
}

/** Mean of squared differences over all elements of two tensors of one shape. */
export function meanSquaredError(output: Tensor, y: Tensor): number {
  return output.data.reduce((sum, value, i) => sum + (value - (y.data[i] ?? 0)) ** 2, 0) / output.data.length;
}
