import type { EncoderBuilder } from '../builder.ts';
import { readTflite } from '../tflite/read-tflite.ts';
import { OBJECTRON, tfliteIn } from './objectron.ts';
import { type PhotoLayers, photoEncoder } from './photo-encoder.ts';
import { photoFacts } from './photo-facts.ts';

/**
 * The last blocks of 64, 96, 160 and 320 channels. At 192 pixels the mean of 17 data sets gains 0.1 to 0.3 points, and takes
 * 1.4 times as long.
 */
export const OBJECTRON_LAYERS: PhotoLayers = { side: 160, taps: [95, 124, 161, 170] };

/**
 * Photos of everyday things. A basic encoder: it was trained on detecting objects, not on telling similar ones apart. The
 * detector is the one that MediaPipe's Objectron finds shoes, chairs, cups and cameras with, trained on Open Images.
 * @see Sandler et al., MobileNetV2, CVPR 2018, https://arxiv.org/abs/1801.04381
 */
export const photosBuilder: EncoderBuilder = {
  sources: [OBJECTRON],
  build([packed = new Uint8Array()]) {
    const { program, features } = photoEncoder(readTflite(tfliteIn(packed)), OBJECTRON_LAYERS);
    return {
      program,
      facts: {
        name: 'mobilenet-v2-objectron',
        description:
          'Photos. Four layers of MobileNetV2, trained on Open Images to detect objects. A basic encoder: it tells ' +
          'kinds of things, materials and scenes apart, and is weak on fine differences and on text in pictures.',
        ...photoFacts(OBJECTRON_LAYERS.side, features),
      },
    };
  },
};
