import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createAudioReader } from '../../../src/adapters/audio/audio-reader.ts';
import { speechPreparation } from '../../../src/encoders/speech/speech-encoder.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { AudioPreparation } from '../../../src/package/encoder/preparation.ts';
import { wavOf } from './wav.ts';

const reader = createAudioReader({ seconds: 30 });
const free = async () => {};
const word = (name: string) => readFile(`test/fixtures/words/${name}`);
const HEADER = 44;
/** The samples of a canonical file. */
const samplesOf = ({ bytes }: { readonly bytes: Uint8Array }) =>
  new Int16Array(bytes.buffer.slice(bytes.byteOffset + HEADER));

/** The parts of an encoder of sounds that a reader needs. */
const encoder = (preparation: AudioPreparation = speechPreparation) =>
  ({
    folder: '',
    manifest: { preparation, inputs: [{ name: 'samples', shape: ['S'] }] },
  }) as unknown as Encoder;

describe('canonical sounds', () => {
  it.each([
    ['yes/6.mp3', 600],
    ['no/6.ogg', 500],
    ['stop/6.flac', 500],
  ])('reads %s', async (name, leastMs) => {
    const { bytes, warnings } = await reader.canonical(await word(name), free);
    const samples = samplesOf({ bytes });
    expect(samples.length / 16).toBeGreaterThan(leastMs);
    // The fixtures are normalised to −6 dB.
    expect(samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0) / 2 ** 15).toBeCloseTo(0.5, 1);
    expect(warnings).toEqual([]);
  });

  it('is the same for a canonical file', async () => {
    const file = await word('yes/1.wav');
    const { bytes } = await reader.canonical(file, free);
    expect(samplesOf({ bytes })).toEqual(samplesOf({ bytes: Uint8Array.from(file) }));
    expect((await reader.canonical(bytes, free)).bytes).toEqual(bytes);
  });

  it('cuts values outside of −1…1, and reads NaN as silence', async () => {
    const file = wavOf([[2, -2, Number.NaN, 0.5]], { format: 'float', bits: 32 });
    expect([...samplesOf(await reader.canonical(file, free))]).toEqual([32_767, -32_768, 0, 16_384]);
  });

  it('warns of silence, and of less than a syllable', async () => {
    const silence = wavOf([Array<number>(16_000).fill(0)]);
    const click = wavOf([Array<number>(480).fill(0.5)]);
    const codes = async (file: Buffer) =>
      (await reader.canonical(file, free)).warnings.map(({ code }) => code);
    expect(await codes(silence)).toEqual(['silent_audio']);
    expect(await codes(click)).toEqual(['short_audio']);
  });

  it('counts samples before it decodes', async () => {
    const taken: number[] = [];
    await reader.canonical(await word('yes/6.mp3'), async (amount) => void taken.push(amount));
    expect(taken).toHaveLength(1);
    const refuse = () => Promise.reject(new Error('too many'));
    await expect(reader.canonical(await word('yes/6.mp3'), refuse)).rejects.toThrow('too many');
  });
});

describe('sounds that are refused', () => {
  it.each(['stop/6.flac', 'no/6.ogg', 'yes/6.mp3', 'yes/1.wav'])('half of %s', async (name) => {
    const file = await word(name);
    await expect(reader.canonical(file.subarray(0, file.length / 2), free)).rejects.toMatchObject({
      code: 'invalid_audio',
      details: { got: expect.stringMatching(/damaged or incomplete/) },
    });
  });

  it.each([
    ['MP3', 'ID3\x03\0\0\0\0\0\0'],
    ['MP3', '\xff\xfb\x90\0'],
    ['FLAC', 'fLaC\0\0\0\x22'],
    ['OGG Vorbis', `OggS${'\0'.repeat(24)}\x01vorbis`],
  ])('%s without sound, without searching all of it', async (_, start) => {
    const file = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(8 * 2 ** 20, 0x55)]);
    await expect(reader.canonical(file, free)).rejects.toMatchObject({
      code: 'invalid_audio',
      details: { got: expect.stringContaining('no sound in 262144 bytes') },
    });
  });

  it('hours of sound, after decoding half a minute', async () => {
    const second = (await word('yes/6.mp3')).subarray(0, -1);
    const hours = Buffer.concat(Array.from({ length: 4000 }, () => second));
    await expect(reader.canonical(hours, free)).rejects.toMatchObject({
      details: { expected: 'a sound of at most 30 seconds', got: 'a longer one' },
    });
    const wav = Buffer.concat([wavOf([[0.5]]), Buffer.alloc(10 * 2 ** 20)]);
    wav.writeUInt32LE(10 * 2 ** 20, wav.indexOf('data') + 4);
    await expect(reader.canonical(wav, free)).rejects.toThrow('got 328 seconds');
  });
});

describe('sounds for an encoder', () => {
  it('have silence before and after, and none of their own', async () => {
    const { inputs, warnings } = await reader.prepare(await word('yes/1.wav'), encoder(), free);
    const { shape, data } = inputs.samples ?? { shape: [], data: new Float32Array() };
    const { before, after } = speechPreparation;
    expect(shape).toEqual([data.length]);
    expect(data.subarray(0, before).every((each) => each === 0)).toBe(true);
    expect(data.subarray(-after).every((each) => each === 0)).toBe(true);
    expect(Math.max(...data)).toBeGreaterThan(10_000);
    expect(warnings).toEqual([]);
  });

  it('are the same from the file and from its canonical form', async () => {
    const file = await word('no/6.ogg');
    const { bytes } = await reader.canonical(file, free);
    expect(await reader.prepare(bytes, encoder(), free)).toEqual(await reader.prepare(file, encoder(), free));
  });

  it.each([
    { shape: ['S'], wanted: (samples: number) => [samples] },
    { shape: [1, 'S'], wanted: (samples: number) => [1, samples] },
    { shape: [1, 8_000], length: 8_000, wanted: () => [1, 8_000] },
  ])('have the shape $shape of the input', async ({ shape, length, wanted }) => {
    const raw = { kind: 'audio', sampleRate: 8_000, maxSamples: 16_000, before: 0, after: 0, range: 'unit' };
    const manifest = { preparation: { ...raw, length }, inputs: [{ name: 'waveform', shape }] };
    const file = await word('yes/1.wav');
    const { inputs } = await reader.prepare(file, { manifest } as unknown as Encoder, free);
    const samples = samplesOf(await reader.canonical(file, free)).length;
    expect(inputs.waveform?.shape).toEqual(wanted(Math.round(samples / 2)));
    expect(Math.max(...(inputs.waveform?.data ?? []))).toBeCloseTo(0.5, 1);
  });

  it('are cut with a warning', async () => {
    const short = encoder({ ...speechPreparation, maxSamples: 1600, before: 10, after: 10 });
    const { inputs, warnings } = await reader.prepare(await word('yes/1.wav'), short, free);
    expect(inputs.samples?.data.length).toBeLessThanOrEqual(1620);
    expect(warnings).toEqual([
      { code: 'audio_cut', pointer: '', detail: 'Only the first 0.1 seconds of the sound are read' },
    ]);
  });
});
