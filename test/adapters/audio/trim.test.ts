import { describe, expect, it } from 'vitest';
import { trimSilence } from '../../../src/adapters/audio/trim.ts';

/** Parts of 10 ms, each with one loudness. */
const sound = (...parts: readonly number[]) =>
  Int16Array.from(parts.flatMap((each) => Array(160).fill(each)));

describe('trimming silence', () => {
  it('keeps 30 ms on both sides of the sound', () => {
    const quiet = Array<number>(10).fill(1);
    const trimmed = trimSilence(sound(...quiet, 1000, 5, 1000, ...quiet), 35);
    expect(trimmed).toEqual(sound(1, 1, 1, 1000, 5, 1000, 1, 1, 1));
  });

  it('keeps a sound without silence, and the rest after its last part', () => {
    const whole = Int16Array.from([...sound(900, 1000, 800), 700, 600]);
    expect(trimSilence(whole, 35)).toEqual(whole);
  });

  it('keeps silence that is all there is', () => {
    expect(trimSilence(sound(0, 0, 0), 35)).toHaveLength(480);
    expect(trimSilence(Int16Array.of(1, 2), 35)).toHaveLength(2);
  });
});
