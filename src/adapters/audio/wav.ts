import { damaged, invalidSound } from './formats.ts';
import type { SoundSink } from './sound-sink.ts';

/** What a WAV file states about its samples. */
interface WavHeader {
  readonly encoding: Encoding;
  readonly channels: number;
  readonly rate: number;
  /** Where the samples lie in the file. */
  readonly start: number;
  readonly end: number;
}

/** How a sample of `bytes` bytes is read, in −1…1. */
interface Encoding {
  readonly bytes: number;
  read(file: Buffer, at: number): number;
}

const INTEGER = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
/** WAVE_FORMAT_EXTENSIBLE: the first two bytes of its `SubFormat` are the format. */
const EXTENSIBLE = 0xfffe;

/** By format and bits of a sample. 8 bits are unsigned. */
const encodings: Readonly<Record<string, Encoding>> = {
  [`${INTEGER}/8`]: { bytes: 1, read: (file, at) => ((file[at] as number) - 128) / 2 ** 7 },
  [`${INTEGER}/16`]: { bytes: 2, read: (file, at) => file.readInt16LE(at) / 2 ** 15 },
  [`${INTEGER}/24`]: { bytes: 3, read: (file, at) => file.readIntLE(at, 3) / 2 ** 23 },
  [`${INTEGER}/32`]: { bytes: 4, read: (file, at) => file.readInt32LE(at) / 2 ** 31 },
  [`${FLOAT}/32`]: { bytes: 4, read: (file, at) => file.readFloatLE(at) },
  [`${FLOAT}/64`]: { bytes: 8, read: (file, at) => file.readDoubleLE(at) },
  [`${A_LAW}/8`]: { bytes: 1, read: (file, at) => aLaw(file[at] as number) },
  [`${MU_LAW}/8`]: { bytes: 1, read: (file, at) => muLaw(file[at] as number) },
};

/**
 * The telephone codes: a sign, three bits of an exponent and four of a mantissa, in −1…1.
 * @see ITU-T Recommendation G.711, 1988
 */
function aLaw(code: number): number {
  const bits = code ^ 0x55;
  const [exponent, mantissa] = [(bits >> 4) & 7, 2 * (bits & 15) + 1];
  const size = exponent === 0 ? mantissa * 2 ** 3 : (mantissa + 32) * 2 ** (exponent + 2);
  return (bits & 0x80 ? size : -size) / 2 ** 15;
}

function muLaw(code: number): number {
  const bits = ~code;
  const [exponent, mantissa] = [(bits >> 4) & 7, 2 * (bits & 15) + 33];
  const size = (mantissa * 2 ** exponent - 33) * 2 ** 2;
  return (bits & 0x80 ? -size : size) / 2 ** 15;
}

/** Sizes that programs write when they do not know how long the sound will be. */
const STREAMED: readonly number[] = [0, 0x7fffffff, 0x80000000, 0xffffffff];

/** Samples that are read at once. */
const BLOCK = 2 ** 14;

/**
 * Reads a WAV file: integers of 8 to 32 bits, floats, or A-law or µ-law, of any number of channels.
 * @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
 */
export function readWav(bytes: Uint8Array, sink: SoundSink): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { encoding, channels, rate, start, end } = headerOf(file);
  const frame = encoding.bytes * channels;
  const frames = Math.floor((end - start) / frame);
  sink.start(rate, channels, frames);
  for (let from = 0; from < frames; from += BLOCK) {
    const block = Array.from({ length: channels }, () => new Float32Array(Math.min(BLOCK, frames - from)));
    for (const [c, samples] of block.entries())
      for (let i = 0; i < samples.length; i++)
        samples[i] = encoding.read(file, start + (from + i) * frame + c * encoding.bytes);
    if (!sink.add(block)) return;
  }
}

function headerOf(file: Buffer): WavHeader {
  let format: Omit<WavHeader, 'start' | 'end'> | undefined;
  // Chunks have an even size.
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const [start, end] = [at + 8, Math.min(at + 8 + size, file.length)];
    if (name === 'fmt ') format = formatOf(file.subarray(start, end));
    if (name === 'data') {
      if (!format) throw damaged('WAV', 'no format before the samples');
      if (STREAMED.includes(size)) return { ...format, start, end: file.length };
      if (start + size > file.length) throw damaged('WAV', 'it ends early');
      return { ...format, start, end };
    }
    at = start + size + (size % 2);
  }
  throw damaged('WAV', 'no samples');
}

function formatOf(chunk: Buffer): Omit<WavHeader, 'start' | 'end'> {
  if (chunk.length < 16) throw damaged('WAV', 'the format ends early');
  const stated = chunk.readUInt16LE(0);
  const format = stated === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : stated;
  const [channels, rate, block] = [chunk.readUInt16LE(2), chunk.readUInt32LE(4), chunk.readUInt16LE(12)];
  const bits = chunk.readUInt16LE(14);
  const encoding = encodings[`${format}/${bits}`];
  if (!encoding)
    throw invalidSound(
      'a WAV file of integers of 8, 16, 24 or 32 bits, of floats, or of A-law or µ-law',
      named(format, bits),
    );
  if (block !== channels * encoding.bytes)
    throw damaged('WAV', `${block} bytes for ${channels} samples of ${bits} bits`);
  return { encoding, channels, rate };
}

const codecs: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG',
  85: 'MP3',
};

function named(format: number, bits: number): string {
  const codec = codecs[format] ?? `format ${format}`;
  return format === INTEGER || format === FLOAT ? `${bits} bits of format ${format}` : codec;
}
