/** The four 32-bit words of a generator, which are its whole state. */
export type RandomState = readonly [number, number, number, number];

/** A seeded stream of random numbers. Training never uses `Math.random`, so that a seed reproduces a run. */
export interface Random {
  /** Uniform on [0, 1), in steps of 2⁻³². */
  uniform(): number;
  /** Uniform on 0 … n − 1, without bias. @throws RangeError unless 1 ≤ n ≤ 2³² and whole. */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** `k` distinct numbers of 0 … n − 1 in random order. @throws RangeError when k > n. */
  sample(n: number, k: number): number[];
  /**
   * Returns another stream, which depends only on the present state of this stream and on `label`. This stream does not
   * advance, so `fork(i)` of a new stream depends only on the seed and i.
   */
  fork(label: string | number): Random;
  state(): RandomState;
}

const TWO_32 = 2 ** 32;

/** A stream from a seed. Equal seeds produce equal streams. @throws RangeError unless `seed` is a safe integer. */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`Expected an integer seed, got ${seed}`);
  const word = splitMix32((seed >>> 0) ^ mix32(Math.floor(seed / TWO_32)));
  return restoreRandom([word(), word(), word(), word()]);
}

/**
 * Continues a stream from the state that `state()` returned.
 *
 * The generator is xoshiro128**, period 2¹²⁸ − 1. @see Blackman & Vigna, Scrambled linear pseudorandom number
 * generators, ACM TOMS 47 (2021), and https://prng.di.unimi.it/xoshiro128starstar.c (public domain).
 */
export function restoreRandom(state: RandomState): Random {
  if (state.length !== 4 || state.every((word) => word === 0)) {
    throw new RangeError(`Expected four words, not all zero, got [${state}]`);
  }
  let [a, b, c, d] = state.map((word) => word | 0) as [number, number, number, number];

  function next(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  }
  const current = (): RandomState => [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
  const uniform = () => next() / TWO_32;

  function integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
      throw new RangeError(`Expected a whole number from 1 to 2^32, got ${n}`);
    }
    const fair = TWO_32 - (TWO_32 % n);
    let word = next();
    while (word >= fair) word = next();
    return word % n;
  }

  return {
    uniform,
    integer,
    // Box & Muller (1958). The second value is dropped, so that the state stays four words.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    sample: (n, k) => sampleWithout(n, k, integer),
    fork(label) {
      const word = splitMix32(typeof label === 'number' ? mix32(label) : hash32(label));
      const [w, x, y, z] = current();
      return restoreRandom([mix32(w ^ word()), mix32(x ^ word()), mix32(y ^ word()), mix32(z ^ word())]);
    },
    state: current,
  };
}

/** The first k steps of a Fisher–Yates shuffle. The map stores only positions that differ from the identity. */
function sampleWithout(n: number, k: number, integer: (n: number) => number): number[] {
  if (!Number.isInteger(k) || k < 0 || k > n)
    throw new RangeError(`Expected a sample of 0 to ${n} numbers, got ${k}`);
  const moved = new Map<number, number>();
  return Array.from({ length: k }, (_, i) => {
    const j = i + integer(n - i);
    const picked = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    return picked;
  });
}

const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** A bijection of 32-bit words in which every input bit affects every output bit: the finaliser of MurmurHash3 (Appleby). */
function mix32(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Expands one word to many. @see Steele, Lea & Flood, Fast splittable pseudorandom number generators, 2014. */
function splitMix32(seed: number): () => number {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    return mix32(counter);
  };
}

/** FNV-1a, then mixed. Good enough for labels, which are few and short. */
function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h);
}
