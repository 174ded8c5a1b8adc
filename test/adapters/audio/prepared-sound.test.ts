import { describe, expect, it } from 'vitest';
import { preparedSound } from '../../../src/adapters/audio/prepared-sound.ts';
import type { AudioPreparation } from '../../../src/package/encoder/preparation.ts';

const raw = { kind: 'audio', sampleRate: 16_000, maxSamples: 16_000, before: 0, after: 0 } as const;
const sound = Int16Array.of(0, 0, 16_384, -16_384, 8_192, 0);
const prepare = (more: Partial<AudioPreparation> = {}, samples = sound) => {
  const { data, cut } = preparedSound(samples, { ...raw, ...more });
  return { data: [...data], cut: cut.map(({ detail }) => detail) };
};
/** A tone of 440 Hz with the amplitude of one half. */
const tone = (seconds: number, rate: number) =>
  Float64Array.from({ length: seconds * rate }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / rate) / 2);

describe('a sound for an encoder', () => {
  it('is as it is, silence included', () => {
    expect(prepare()).toEqual({ data: [...sound], cut: [] });
  });

  it('lies between −1 and 1', () => {
    expect(prepare({ range: 'unit' }).data).toEqual([0, 0, 0.5, -0.5, 0.25, 0]);
  });

  it.each(['int16', 'unit'] as const)(
    'has the mean 0 and the variance 1 when it is normalised (%s)',
    (range) => {
      const { data } = prepare({ normalise: true, range }, Int16Array.from([1000, 3000, 1000, 3000]));
      expect(data.map(Math.round)).toEqual([-1, 1, -1, 1]);
    },
  );

  it('of one value is silent when it is normalised', () => {
    expect(prepare({ normalise: true, range: 'unit' }, Int16Array.of(500, 500)).data).toEqual([0, 0]);
  });

  it('is normalised before silence is added', () => {
    const { data } = prepare({ normalise: true, before: 1, after: 2, length: 9 }, Int16Array.of(-100, 100));
    expect(data.map(Math.round)).toEqual([0, -1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('has silence at its end up to the least or the only length', () => {
    expect(prepare({ minSamples: 8 }).data).toEqual([...sound, 0, 0]);
    expect(prepare({ minSamples: 3 }).data).toEqual([...sound]);
    expect(prepare({ length: 8 })).toEqual({ data: [...sound, 0, 0], cut: [] });
    expect(prepare({}, new Int16Array())).toEqual({ data: [0], cut: [] });
  });

  it('of another length is cut to its middle, and says so', () => {
    expect(prepare({ length: 2 })).toEqual({
      data: [16_384, -16_384],
      cut: ['Only the middle 0 seconds of the sound are read'],
    });
    const long = prepare({ length: 8_000 }, new Int16Array(12_000));
    expect(long).toMatchObject({ cut: ['Only the middle 0.5 seconds of the sound are read'] });
  });

  it('is cut at the end if it is longer than what is read', () => {
    const { data, cut } = prepare({ maxSamples: 4 });
    expect(data).toEqual([0, 0, 16_384, -16_384]);
    expect(cut).toHaveLength(1);
  });

  it.each([8_000, 22_050, 32_000])('has the rate of the encoder: %d Hz', (sampleRate) => {
    const samples = Int16Array.from(tone(0.5, 16_000), (each) => each * 2 ** 15);
    const { data, cut } = prepare({ sampleRate, maxSamples: sampleRate, range: 'unit' }, samples);
    const wanted = tone(0.5, sampleRate);
    expect(data).toHaveLength(sampleRate / 2);
    // Not at the ends, where the filter reads beyond the sound.
    const errors = data.map((each, i) => Math.abs(each - (wanted[i] as number))).slice(100, -100);
    expect(Math.max(...errors)).toBeLessThan(1e-3);
    expect(cut).toEqual([]);
  });

  it('is cut by samples of the encoder, at its rate', () => {
    const { data, cut } = prepare({ sampleRate: 8_000, maxSamples: 2_000 }, new Int16Array(16_000));
    expect(data).toHaveLength(2_000);
    expect(cut).toEqual(['Only the first 0.25 seconds of the sound are read']);
  });
});
