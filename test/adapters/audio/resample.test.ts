import { describe, expect, it } from 'vitest';
import { resample } from '../../../src/adapters/audio/resample.ts';

const sine = (hz: number, rate: number, samples: number) =>
  Float32Array.from({ length: samples }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));
/** Without the ends, where the sound begins and stops. */
const inner = (samples: Float32Array) => samples.subarray(200, -200);
const loudest = (samples: Float32Array) => samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

describe('resampling', () => {
  it.each([8000, 11_025, 22_050, 44_100, 44_101, 48_000, 96_000])('keeps a tone of %i Hz files', (rate) => {
    const got = resample(sine(440, rate, rate / 2), rate, 16_000);
    const expected = sine(440, 16_000, got.length);
    expect(got.length).toBe(Math.round((Math.floor(rate / 2) * 16_000) / rate));
    expect(loudest(inner(got.map((each, i) => each - (expected[i] as number))))).toBeLessThan(1e-3);
  });

  it('removes tones that the lower rate cannot carry', () => {
    for (const hz of [9000, 12_000, 20_000])
      expect(loudest(inner(resample(sine(hz, 48_000, 24_000), 48_000, 16_000))), `${hz} Hz`).toBeLessThan(
        1e-4,
      );
  });

  it('adds no tones above the old range', () => {
    const got = inner(resample(sine(3000, 8000, 8000), 8000, 16_000));
    const [c, s] = [Math.cos, Math.sin].map((f) =>
      got.reduce((sum, each, i) => sum + each * f((2 * Math.PI * 5000 * i) / 16_000), 0),
    ) as [number, number];
    // The image of 3 kHz about 4 kHz.
    expect(Math.hypot(c, s) / got.length).toBeLessThan(1e-4);
  });

  it('returns the same samples at the same rate', () => {
    const samples = sine(440, 16_000, 100);
    expect(resample(samples, 16_000, 16_000)).toBe(samples);
  });
});
