/** Samples of one part: 10 ms at 16 kHz. */
const PART = 160;
/** Parts that are kept around the sound, so that a soft consonant stays. */
const MARGIN = 3;

/**
 * The sound without silence at both ends: without parts that lie `decibels` below the loudest one. A view of `samples`.
 */
export function trimSilence(samples: Int16Array, decibels: number): Int16Array {
  const powers = Array.from({ length: Math.floor(samples.length / PART) }, (_, i) =>
    samples.subarray(i * PART, (i + 1) * PART).reduce((sum, each) => sum + each * each, 0),
  );
  const least = powers.reduce((most, each) => Math.max(most, each), 0) * 10 ** (-decibels / 10);
  const isSound = (power: number) => power >= least;
  const [first, last] = [powers.findIndex(isSound), powers.findLastIndex(isSound)];
  // Samples after the last whole part belong to that part.
  const end = last + 1 + MARGIN >= powers.length ? samples.length : (last + 1 + MARGIN) * PART;
  return samples.subarray(Math.max(0, first - MARGIN) * PART, end);
}
