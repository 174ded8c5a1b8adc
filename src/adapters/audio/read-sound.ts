import type { SoundFormat } from '../../domain/file-formats/formats.ts';
import type { Take } from '../decoding/content-reader.ts';
import { readCompressed } from './compressed.ts';
import { soundFormatOf } from './formats.ts';
import { resample } from './resample.ts';
import { createSoundSink } from './sound-sink.ts';
import { readWav } from './wav.ts';

/** The sampling rate of canonical sounds. */
export const CANONICAL_RATE = 16_000;

/** Samples in a byte of an ordinary file, to estimate the cost of decoding it. */
const SAMPLES_PER_BYTE: Readonly<Record<SoundFormat, number>> = {
  WAV: 0.5,
  FLAC: 1,
  'OGG FLAC': 1,
  MP3: 6,
  'OGG Vorbis': 6,
  'OGG Opus': 16,
};
/** The usual sampling rate. With the limit of seconds it bounds the estimate. */
const USUAL_RATE = 48_000;

/**
 * The samples of a file as 16-bit integers: one channel at 16 kHz.
 * @throws InnerloopError `invalid_audio` for other formats, damaged files, and sounds longer than `maxSeconds`
 */
export async function readSound(file: Uint8Array, maxSeconds: number, take: Take): Promise<Int16Array> {
  const format = soundFormatOf(file);
  await take(Math.ceil(Math.min(file.length * SAMPLES_PER_BYTE[format], maxSeconds * USUAL_RATE)));
  const sink = createSoundSink(maxSeconds);
  if (format === 'WAV') readWav(file, sink);
  else await readCompressed(file, format, sink);
  const { samples, rate } = sink.sound();
  return Int16Array.from(resample(samples, rate, CANONICAL_RATE), toInteger);
}

/** −1…1 to a 16-bit integer. Values outside, and NaN in a float WAV, are cut. */
function toInteger(value: number): number {
  return Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, Math.round(value * 2 ** 15))) || 0;
}
