import { uniformFrom } from '../trust/shuffle.ts';

/** Numbers that are kept of one input, at most. */
export const SKETCH_SIZE = 64;

/** Each feature is added to this many numbers of the sketch. */
const COPIES = 4;

/** Where each of d features goes: COPIES places and signs each. */
interface Projection {
  /** [d × COPIES], within 0…SKETCH_SIZE − 1 */
  readonly places: Uint8Array;
  /** [d × COPIES], ±1/√COPIES */
  readonly weights: Float32Array;
}

/** Makes sketches of rows of features. */
export type Sketch = (features: Float32Array) => Float32Array;

/**
 * Features [d] → [min(d, SKETCH_SIZE)]. Longer ones are projected at random: each feature is added, with a random sign, to one
 * place in each quarter of the sketch. Squared distances keep their expectation, with a relative deviation of about
 * √(2/SKETCH_SIZE) = 0.18 each, so the mean over many pairs changes little. The same `seed` makes the same projection, which is
 * needed to compare sketches. Costs COPIES additions for each feature that is not 0.
 * @see Kane & Nelson, Sparser Johnson–Lindenstrauss Transforms, JACM 61(1), 2014, the block construction
 */
export function createSketch(seed: string, size = SKETCH_SIZE): Sketch {
  const projections = new Map<number, Projection>();
  return (features) => {
    if (features.length <= size) return features.slice();
    let projection = projections.get(features.length);
    if (!projection) {
      projection = projectionOf(features.length, size, seed);
      projections.set(features.length, projection);
    }
    return project(features, projection, size);
  };
}

function project(features: Float32Array, { places, weights }: Projection, size: number): Float32Array {
  const out = new Float32Array(size);
  for (let i = 0; i < features.length; i++) {
    const value = features[i] as number;
    if (value === 0) continue;
    for (let at = i * COPIES; at < (i + 1) * COPIES; at++) {
      const place = places[at] as number;
      out[place] = (out[place] as number) + value * (weights[at] as number);
    }
  }
  return out;
}

function projectionOf(d: number, size: number, seed: string): Projection {
  const uniform = uniformFrom(`${seed} ${d} ${size}`);
  const block = size / COPIES;
  const places = new Uint8Array(d * COPIES);
  const weights = new Float32Array(d * COPIES);
  for (let at = 0; at < places.length; at++) {
    places[at] = (at % COPIES) * block + Math.floor(uniform() * block);
    weights[at] = (uniform() < 0.5 ? -1 : 1) / Math.sqrt(COPIES);
  }
  return { places, weights };
}
