import { describe, expect, it } from 'vitest';
import { segmentsOf, withoutSegment } from '../../../src/domain/explaining/sound-segments.ts';
import { withoutSpan, wordsOf } from '../../../src/domain/explaining/word-spans.ts';

describe('the words of a text', () => {
  const wordsIn = (text: string) => wordsOf(text).map(({ start, end }) => text.slice(start, end));

  it.each([
    ['Turn the lights off, please!', ['Turn', 'the', 'lights', 'off', 'please']],
    ["it's 3.5 km", ["it's", '3.5', 'km']],
    ['把灯关掉', ['把', '灯', '关掉']],
    ['…!? ', []],
    ['', []],
  ])('in %j are %j', (text, words) => {
    expect(wordsIn(text)).toEqual(words);
  });

  it('are grouped in long texts, in order and without loss', () => {
    const text = Array.from({ length: 1000 }, (_, i) => `w${i}`).join(' ');
    const parts = wordsIn(text);
    expect(parts.length).toBeLessThanOrEqual(48);
    expect(parts.join(' ')).toBe(text);
  });

  it('leave the rest of the text in good order', () => {
    expect(withoutSpan('turn the lights off', { start: 5, end: 8 })).toBe('turn lights off');
    expect(withoutSpan('turn', { start: 0, end: 4 })).toBe('');
  });
});

describe('the segments of a sound', () => {
  /** WAV, 16 kHz, one channel, 16 bits, with a chunk before the data. */
  function wav(samples: number): Buffer {
    const header = Buffer.alloc(56);
    header.write('RIFF', 0, 'latin1');
    header.write('WAVEfmt ', 8, 'latin1');
    header.writeUInt32LE(16, 16);
    header.writeUInt32LE(16_000, 24);
    header.write('LIST', 36, 'latin1');
    header.writeUInt32LE(4, 40);
    header.write('data', 48, 'latin1');
    header.writeUInt32LE(2 * samples, 52);
    return Buffer.concat([header, Buffer.alloc(2 * samples, 1)]);
  }

  it.each([
    [16_000, 20],
    [48_000, 24],
    [100, 1],
  ])('of %i samples are %i, and cover all of them', (samples, count) => {
    const file = wav(samples);
    const segments = segmentsOf(file);
    expect(segments).toHaveLength(count);
    expect(segments[0]?.start).toBe(56);
    expect(segments.at(-1)?.end).toBe(file.length);
    expect(segments.at(-1)?.toSeconds).toBeCloseTo(samples / 16_000, 9);
    segments.slice(1).forEach((each, i) => {
      expect(each.start).toBe(segments[i]?.end);
    });
    const silent = withoutSegment(file, segments[0] as (typeof segments)[number]);
    expect(silent.subarray(0, 56)).toEqual(Uint8Array.from(file.subarray(0, 56)));
    expect(silent.subarray(56, segments[0]?.end).every((byte) => byte === 0)).toBe(true);
    expect(silent.subarray(segments[0]?.end).every((byte) => byte === 1)).toBe(true);
  });
});
