import type { Warning } from '../../domain/warning.ts';
import type { AudioPreparation } from '../../package/encoder/preparation.ts';
import { CANONICAL_RATE } from './read-sound.ts';
import { resample } from './resample.ts';
import { cutWarning } from './sound-warnings.ts';
import { trimSilence } from './trim.ts';

interface PreparedSound {
  /** The samples that an encoder reads. */
  readonly data: Float32Array;
  /** A warning if a part of the sound is not read. */
  readonly cut: readonly Warning[];
}

/** The steps of `AudioPreparation`, in their order, for a sound of 16 kHz. */
export function preparedSound(sound: Int16Array, preparation: AudioPreparation): PreparedSound {
  const { sampleRate, maxSamples, silenceDecibels, before, after, length, minSamples = 1 } = preparation;
  const maxSound = Math.floor((maxSamples * CANONICAL_RATE) / sampleRate);
  const read = sound.subarray(0, maxSound);
  const trimmed = silenceDecibels === undefined ? read : trimSilence(read, silenceDecibels);
  const samples = resample(Float32Array.from(trimmed), CANONICAL_RATE, sampleRate);
  const whole = new Float32Array(Math.max(before + samples.length + after, minSamples));
  whole.set(scaled(samples, preparation), before);
  const cut = [
    ...(read.length < sound.length ? [cutWarning('first', maxSamples / sampleRate)] : []),
    ...(length !== undefined && length < whole.length ? [cutWarning('middle', length / sampleRate)] : []),
  ];
  return { data: length === undefined ? whole : withLength(whole, length), cut };
}

/** Avoids a division by zero if all samples are equal. Wav2Vec2's feature extractor adds the same. */
const EPSILON = 1e-7;

/** The samples in the range of the encoder. Silence that is added later keeps the value 0. */
function scaled(
  samples: Float32Array,
  { range = 'int16', normalise = false }: AudioPreparation,
): Float32Array {
  const unit = range === 'unit' ? samples.map((each) => each / 2 ** 15) : samples;
  if (!normalise) return unit;
  const mean = unit.reduce((sum, each) => sum + each, 0) / unit.length;
  const variance = unit.reduce((sum, each) => sum + (each - mean) ** 2, 0) / unit.length;
  const scale = 1 / Math.sqrt(variance + EPSILON);
  return unit.map((each) => (each - mean) * scale);
}

function withLength(samples: Float32Array, length: number): Float32Array {
  const start = Math.max(0, Math.floor((samples.length - length) / 2));
  const data = new Float32Array(length);
  data.set(samples.subarray(start, start + length));
  return data;
}
