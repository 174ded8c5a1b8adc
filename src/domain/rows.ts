import { sizeOf, type Tensor } from '../tensor.ts';

/** Tensors [nᵢ, …row] joined to [Σ nᵢ, …row]; null when their rows differ in shape. */
export function joinRows(tensors: readonly Tensor[]): Tensor | null {
  const [, ...row] = tensors[0]?.shape ?? [];
  if (tensors.some(({ shape }) => shape.slice(1).join() !== row.join())) return null;
  const data = new Float32Array(tensors.reduce((size, each) => size + each.data.length, 0));
  let at = 0;
  for (const each of tensors) {
    data.set(each.data, at);
    at += each.data.length;
  }
  return { shape: [tensors.reduce((rows, each) => rows + (each.shape[0] ?? 0), 0), ...row], data };
}

/** `x` [n, …row] as parts of at most `most` rows; views, not copies. */
export function splitRows(x: Tensor, most: number): readonly Tensor[] {
  const [n = 0, ...row] = x.shape;
  const size = sizeOf(row);
  return Array.from({ length: Math.ceil(n / most) }, (_, i) => {
    const [from, to] = [i * most, Math.min(n, (i + 1) * most)];
    return { shape: [to - from, ...row], data: x.data.subarray(from * size, to * size) };
  });
}
