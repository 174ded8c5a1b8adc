import { expect, it } from 'vitest';
import { readSound } from '../../src/adapters/audio/read-sound.ts';
import { wavOf } from '../../src/playground/media/wav.ts';

const take = async () => {};

it('writes samples as a WAV file that the service reads', async () => {
  const rate = 16_000;
  const samples = Float32Array.from(
    { length: rate / 2 },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / rate),
  );
  const file = wavOf([samples.subarray(0, 3000), samples.subarray(3000)], rate);
  expect(file.length).toBe(44 + 2 * samples.length);
  const read = await readSound(file, 30, take);
  expect(read.length).toBe(samples.length);
  expect([100, 2999, 3001, 7999].map((i) => read[i])).toEqual(
    [100, 2999, 3001, 7999].map((i) => Math.round(Number(samples[i]) * 0x7fff)),
  );
});

it('keeps samples outside −1 to 1 at the ends of the range', () => {
  const view = new DataView(wavOf([Float32Array.of(2, -2)], 8000).buffer);
  expect([view.getInt16(44, true), view.getInt16(46, true)]).toEqual([0x7fff, -0x7fff]);
});
