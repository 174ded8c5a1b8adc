import { describe, expect, it } from 'vitest';
import { soundFormatOf } from '../../../src/adapters/audio/formats.ts';

const file = (start: string) => Buffer.from(start.padEnd(200, '\0'), 'latin1');
const page = (codec: string) => file(`OggS${'\0'.repeat(24)}${codec}`);

describe('formats of sound', () => {
  it.each([
    ['WAV', file('RIFF\0\0\0\0WAVEfmt ')],
    ['FLAC', file('fLaC')],
    ['MP3', file('ID3\x04')],
    ['MP3', file('\xff\xfb\x90\x64')],
    ['OGG Vorbis', page('\x01vorbis')],
    ['OGG Opus', page('OpusHead')],
    ['OGG FLAC', page('\x7fFLAC')],
  ])('knows %s', (format, bytes) => {
    expect(soundFormatOf(bytes)).toBe(format);
  });

  it.each([
    ['an M4A file', file('\0\0\0\x20ftypM4A ')],
    ['a WebM or Matroska file', file('\x1aE\xdf\xa3')],
    ['an AMR file', file('#!AMR\n')],
    ['an AIFF file', file('FORM\0\0\0\0AIFF')],
    ['an AAC file', file('\xff\xf1\x50\x80')],
    ['an OGG file of Speex', page('Speex   ')],
    ['a WAV file with the high byte first (RIFX)', file('RIFX\0\0\0\0WAVEfmt ')],
    ['a PNG picture', file('\x89PNG\r\n\x1a\n')],
    ['an empty file', Buffer.alloc(0)],
    ['5 bytes that start with "hello"', Buffer.from('hello')],
  ])('refuses %s by name', (name, bytes) => {
    expect(() => soundFormatOf(bytes)).toThrow(`Expected a WAV, FLAC, MP3 or OGG file, got ${name}`);
  });
});
