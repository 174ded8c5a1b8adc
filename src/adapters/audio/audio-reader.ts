import type { AudioPreparation } from '../../package/encoder/encoder.ts';
import type { Tensor } from '../../tensor.ts';
import type { ContentReader } from '../decoding/content-reader.ts';
import { CANONICAL_RATE, readSound } from './read-sound.ts';
import { cutWarning, warningsOf } from './sound-warnings.ts';
import { trimSilence } from './trim.ts';
import { canonicalWav } from './wav-file.ts';

/** Limits of sounds. */
export interface SoundLimits {
  /** Longer sounds are refused. */
  readonly seconds: number;
}

/** Reads sounds for encoders. The canonical form is a WAV file of one channel, 16 kHz and 16 bits. */
export function createAudioReader({ seconds }: SoundLimits): ContentReader {
  return {
    async canonical(file, take) {
      const samples = await readSound(file, seconds, take);
      return { bytes: canonicalWav(samples), warnings: warningsOf(samples) };
    },
    async prepare(file, { manifest: { preparation, inputs } }, take) {
      const [input] = inputs;
      if (preparation.kind !== 'audio' || preparation.sampleRate !== CANONICAL_RATE || !input)
        throw new RangeError(`Expected an encoder of sounds of ${CANONICAL_RATE} Hz`);
      const samples = await readSound(file, seconds, take);
      const isCut = samples.length > preparation.maxSamples;
      const cut = isCut ? [cutWarning(preparation.maxSamples / CANONICAL_RATE)] : [];
      return {
        inputs: { [input.name]: prepared(samples, preparation) },
        warnings: [...warningsOf(samples), ...cut],
      };
    },
  };
}

/** Without silence at both ends, then with `before` and `after` samples of silence. */
function prepared(
  samples: Int16Array,
  { maxSamples, silenceDecibels, before, after }: AudioPreparation,
): Tensor {
  const sound = trimSilence(samples.subarray(0, maxSamples), silenceDecibels);
  const data = new Float32Array(before + sound.length + after);
  data.set(sound, before);
  return { shape: [data.length], data };
}
