import type { ModelInput } from '../find-inputs.ts';
import type { ForeignTensor } from '../options.ts';

/** Numbers 0…1 that are the same on every machine. @see https://prng.di.unimi.it/splitmix64.c, in 32 bits */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}

const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Random values for one example of each input. `vocabulary` is the number of ids. Texts have different lengths. */
export function sampleInputs(
  inputs: readonly ModelInput[],
  vocabulary: number,
  seed: number,
): Readonly<Record<string, ForeignTensor>> {
  const next = numbersFrom(seed);
  // Rows of very different size: a maximum over the batch then changes the other rows, and is found.
  const scale = 4 ** ((seed % 3) - 1);
  return Object.fromEntries(
    inputs.map(({ name, type, shape, role }) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      const length = Math.max(2, Math.floor(size / (1 + (seed % 3))));
      const draw: Readonly<Record<ModelInput['role'], (i: number) => number>> = {
        image: () => scale * normal(next),
        samples: () => 0.1 * scale * normal(next),
        ids: (i) => (i < length ? Math.floor(next() * vocabulary) : 0),
        mask: (i) => Number(i < length),
        types: () => 0,
        positions: (i) => i,
        values: () => (type.startsWith('float') ? scale * normal(next) : Math.floor(next() * vocabulary)),
      };
      const isFloat = type.startsWith('float');
      const numbers = isFloat ? new Float32Array(size) : new Float64Array(size);
      for (let i = 0; i < size; i++) {
        const x = draw[role](i);
        const byte = Math.min(255, Math.abs(Math.round(64 * x)));
        numbers[i] = isFloat ? x : role === 'image' ? byte : Math.trunc(x);
      }
      return [name, { type, shape, numbers }];
    }),
  );
}
