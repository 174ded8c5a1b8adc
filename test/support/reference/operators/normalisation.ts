import type { NormalisationOps } from '../../../../src/graph/value.ts';
import { at, fill, type NdArray, sizeOf } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

/** (x − μ) / √(σ² + ε), with the moments over the axes from `first` on. */
function standardised(x: NdArray, first: number, epsilon: number): NdArray {
  const count = sizeOf(x.shape.slice(first));
  const data = x.data.slice();
  for (let start = 0; start < data.length; start += count) {
    const row = data.subarray(start, start + count);
    const mean = row.reduce((sum, each) => sum + each, 0) / count;
    const variance = row.reduce((sum, each) => sum + (each - mean) ** 2, 0) / count;
    for (let i = 0; i < count; i++) row[i] = ((row[i] ?? Number.NaN) - mean) / Math.sqrt(variance + epsilon);
  }
  return { shape: x.shape, data };
}

export const normalisation: FamilyInterpreters<NormalisationOps> = {
  LayerNormalization(operands, { attributes: { axis, epsilon } }) {
    const [scale, bias] = [operand(operands, 1), operands[2]];
    const normalised = standardised(operand(operands, 0), axis, epsilon);
    return fill(
      normalised.shape,
      (index) => at(normalised, index) * at(scale, index) + (bias ? at(bias, index) : 0),
    );
  },
  InstanceNormalization(operands, { attributes: { epsilon } }) {
    const normalised = standardised(operand(operands, 0), 2, epsilon);
    const of = (i: number, [, c = 0]: readonly number[]) => operand(operands, i).data[c] ?? 0;
    return fill(normalised.shape, (index) => at(normalised, index) * of(1, index) + of(2, index));
  },
  BatchNormalization(operands, { attributes: { epsilon } }) {
    const x = operand(operands, 0);
    const of = (i: number, [, c = 0]: readonly number[]) => operand(operands, i).data[c] ?? 0;
    return fill(x.shape, (index) => {
      const normalised = (at(x, index) - of(3, index)) / Math.sqrt(of(4, index) + epsilon);
      return normalised * of(1, index) + of(2, index);
    });
  },
  LRN(operands, { attributes: { alpha, beta, bias, size } }) {
    const x = operand(operands, 0);
    const channels = x.shape[1] ?? 0;
    return fill(x.shape, (index) => {
      const [n = 0, c = 0, ...place] = index;
      const [first, last] = [c - Math.floor((size - 1) / 2), c + Math.ceil((size - 1) / 2)];
      let squares = 0;
      for (let i = Math.max(0, first); i <= Math.min(channels - 1, last); i++)
        squares += at(x, [n, i, ...place]) ** 2;
      return at(x, index) / (bias + (alpha / size) * squares) ** beta;
    });
  },
};
