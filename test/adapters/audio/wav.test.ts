import { describe, expect, it } from 'vitest';
import { createSoundSink, type Sound } from '../../../src/adapters/audio/sound-sink.ts';
import { readWav } from '../../../src/adapters/audio/wav.ts';
import { wavOf } from './wav.ts';

const SAMPLES = [0, 0.5, -0.5, 0.25, -1, 0.75];

function read(file: Uint8Array, maxSeconds = 30): Sound {
  const sink = createSoundSink(maxSeconds);
  readWav(file, sink);
  return sink.sound();
}

/** The file with the bytes at the mark of `chunk`, which is followed by its size, changed. */
function withSize(file: Buffer, chunk: string, size: number): Buffer {
  const changed = Buffer.from(file);
  changed.writeUInt32LE(size, changed.indexOf(chunk) + 4);
  return changed;
}

describe('reading WAV', () => {
  it.each([
    ['integer', 8],
    ['integer', 16],
    ['integer', 24],
    ['integer', 32],
    ['float', 32],
    ['float', 64],
  ] as const)('reads %s samples of %i bits', (format, bits) => {
    for (const isExtensible of [false, true]) {
      const { samples, rate } = read(wavOf([SAMPLES], { format, bits, isExtensible, rate: 22_050 }));
      expect(rate).toBe(22_050);
      expect([...samples]).toEqual(SAMPLES);
    }
  });

  /** A file of 8 bits whose samples are these codes. */
  function coded(format: number, codes: readonly number[]): Buffer {
    const file = wavOf([codes.map(() => 0)], { bits: 8, rate: 8000 });
    file.writeUInt16LE(format, file.indexOf('fmt ') + 8);
    file.set(codes, file.indexOf('data') + 8);
    return file;
  }
  const all = Array.from({ length: 256 }, (_, code) => code);

  // The ends, the middle and one step of each code, in 16 bits, as tables of G.711 list them.
  it.each([
    [
      'µ-law',
      7,
      [
        [0x00, -32124],
        [0x80, 32124],
        [0xff, 0],
        [0x7f, 0],
        [0x7e, -8],
        [0xef, 132],
        [0x70, -120],
      ],
    ],
    [
      'A-law',
      6,
      [
        [0x2a, -32256],
        [0xaa, 32256],
        [0xd5, 8],
        [0x55, -8],
        [0xc5, 264],
        [0x45, -264],
        [0x80, 5504],
      ],
    ],
  ] as const)('reads %s', (_, format, known) => {
    const { samples, rate } = read(coded(format, all));
    expect(rate).toBe(8000);
    for (const [code, value] of known) expect(Math.round((samples[code] ?? 0) * 2 ** 15) + 0).toBe(value);
    // Each half of the codes has its own sign, and 128 sizes that differ.
    const sizes = [...samples].map(Math.abs);
    expect(new Set(sizes).size).toBe(128);
    expect(Math.max(...sizes)).toBeLessThan(1);
  });

  it('takes the mean of the channels', () => {
    const right = SAMPLES.map((value) => -value / 2);
    expect([...read(wavOf([SAMPLES, right])).samples]).toEqual(SAMPLES.map((value) => value / 4));
  });

  it.each([0, 0x7fffffff, 0xffffffff])('reads to the end when the size was not known (%i)', (size) => {
    expect([...read(withSize(wavOf([SAMPLES]), 'data', size)).samples]).toEqual(SAMPLES);
  });

  it.each([
    ['a file that ends early', (file: Buffer) => file.subarray(0, -4), 'it ends early'],
    ['no samples', (file: Buffer) => file.subarray(0, file.indexOf('data')), 'no samples'],
    ['no format', (file: Buffer) => withSize(file, 'fmt ', 200), 'ends early|no samples|no format'],
    ['a short format', (file: Buffer) => withSize(file, 'fmt ', 4), 'the format ends early'],
  ])('refuses %s', (_, change, reason) => {
    expect(() => read(change(wavOf([SAMPLES])))).toThrow(new RegExp(reason));
  });

  it('refuses sizes that contradict each other', () => {
    const file = wavOf([SAMPLES]);
    file.writeUInt16LE(7, file.indexOf('fmt ') + 10);
    expect(() => read(file)).toThrow('2 bytes for 7 samples of 16 bits');
  });

  it('names a codec that it does not read', () => {
    const file = wavOf([SAMPLES]);
    file.writeUInt16LE(2, file.indexOf('fmt ') + 8);
    expect(() => read(file)).toThrow('or of A-law or µ-law, got Microsoft ADPCM');
  });

  it('refuses rates and channels outside the limits', () => {
    expect(() => read(wavOf([SAMPLES], { rate: 10 }))).toThrow('1000 to 384000 Hz, got 10');
    expect(() => read(wavOf(Array.from({ length: 40 }, () => SAMPLES)))).toThrow('1 to 32 channels, got 40');
  });

  it('tells the length of a sound that is too long', () => {
    const minute = wavOf([Array.from({ length: 60 * 1000 }, () => 0.1)], { rate: 1000, bits: 8 });
    expect(() => read(minute)).toThrow('Expected a sound of at most 30 seconds, got 60 seconds');
    expect(read(minute, 60).samples).toHaveLength(60_000);
  });
});
