import type { EncoderBuilder } from '../builder.ts';
import { readTflite } from '../tflite/read-tflite.ts';
import { OBJECTRON, tfliteIn } from './objectron.ts';
import { PHOTO_SIDE, photoEncoder } from './photo-encoder.ts';

/** Photos of everyday things. A basic encoder: it was trained on detecting objects, not on telling similar ones apart. */
export const photosBuilder: EncoderBuilder = {
  sources: [OBJECTRON],
  build([packed = new Uint8Array()]) {
    const { program, features } = photoEncoder(readTflite(tfliteIn(packed)));
    return {
      program,
      facts: {
        name: 'mobilenet-v2-objectron',
        version: '1.0.0',
        description:
          'Photos. Four layers of MobileNetV2, trained on Open Images to detect objects. A basic encoder: it tells ' +
          'kinds of things, materials and scenes apart, and is weak on fine differences and on text in pictures.',
        license: 'Apache-2.0',
        preparation: {
          kind: 'image',
          size: PHOTO_SIDE,
          fit: 'cover',
          mean: [0.5, 0.5, 0.5],
          deviation: [0.5, 0.5, 0.5],
        },
        inputs: [{ name: 'image', shape: [3, PHOTO_SIDE, PHOTO_SIDE] }],
        features,
        batch: 8,
      },
    };
  },
};
