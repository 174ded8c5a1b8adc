import { tensor } from '../../tensor.ts';
import type { ContentReader } from '../decoding/content-reader.ts';
import { preparedSound } from './prepared-sound.ts';
import { readSound } from './read-sound.ts';
import { warningsOf } from './sound-warnings.ts';
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
      if (preparation.kind !== 'audio' || !input) throw new RangeError('Expected an encoder of sounds');
      const samples = await readSound(file, seconds, take);
      const { data, cut } = preparedSound(samples, preparation);
      const shape = input.shape.map((size) => (size === 1 ? 1 : data.length));
      return { inputs: { [input.name]: tensor(shape, data) }, warnings: [...warningsOf(samples), ...cut] };
    },
  };
}
