import type { EncoderBuilder, WebFile } from '../builder.ts';
import { readTflite } from '../tflite/read-tflite.ts';
import { type PhotoLayers, photoEncoder } from './photo-encoder.ts';
import { photoFacts } from './photo-facts.ts';

/** A classifier of ImageNet's 1000 classes with weights of 8 bits. */
const MOBILENET_V2: WebFile = {
  url: 'https://raw.githubusercontent.com/google-coral/test_data/104342d2d3480b3e66203073dac24f4e2dbb4c41/tf2_mobilenet_v2_1.0_224_ptq.tflite',
  bytes: 4_070_174,
  sha256: '5d3137241276e79c86d14a74fe43581398ae0e815191d3dba45495b810840e8c',
};

/**
 * The last blocks of 96 and 320 channels, and the 1280 channels that the classifier reads. Cosine prototypes on four data sets of
 * other classes (caltech101, grocery, emoji, Omniglot), mean of 5-way 1-shot, 5-way 5-shot and 20-way 1-shot: 84.7 %; without the
 * 96 channels 84.6 %, 1280 channels alone 84.0 %, at 160 pixels 84.4 %. 224 pixels take 1.4 times as long, and gain nothing on the
 * mean. Reading the centre of the picture a second time takes 1.5 times as long, gains 0.3 to 1.2 points of 5-way 1-shot on things
 * and loses 0.6 to 0.8 on textures and drawings. Adding the mirrored picture gains as much, but could not tell left from right.
 */
const IMAGENET_LAYERS: PhotoLayers = { side: 192, taps: [47, 61, 62] };

/**
 * Photos, drawings and materials, by what the classes of ImageNet have taught a network. Its weights become float32.
 * @see Sandler et al., MobileNetV2, CVPR 2018, https://arxiv.org/abs/1801.04381
 */
export const imagenetBuilder: EncoderBuilder<WebFile> = {
  sources: [MOBILENET_V2],
  build([file = new Uint8Array()]) {
    const { program, features } = photoEncoder(readTflite(file), IMAGENET_LAYERS);
    return {
      program,
      facts: {
        name: 'mobilenet-v2',
        description:
          'Photos. Three layers of MobileNetV2, trained on the 1000 classes of ImageNet. It tells kinds of things, animals, ' +
          'plants, materials and drawings apart, and is weak on text in pictures.',
        ...photoFacts(IMAGENET_LAYERS.side, features),
      },
    };
  },
};
