import type { EncoderBuilder, WebFile } from './builder.ts';
import type { DOWNLOADED_NAMES } from './downloaded-names.ts';
import { imagenetBuilder } from './photos/imagenet-builder.ts';
import { photosBuilder } from './photos/photos-builder.ts';
import { speechBuilder } from './speech/speech-builder.ts';
import { textBuilder } from './text/text-builder.ts';

/** Every encoder that is built from npm packages, by name. */
export const encoderBuilders: Readonly<Record<string, EncoderBuilder>> = {
  'mobilenet-v2-objectron': photosBuilder,
  'speech-embedding': speechBuilder,
  'use-lite': textBuilder,
};

/** Every encoder that `innerloop encoders get` downloads and builds, by name. */
export const downloadedEncoders: Readonly<Record<(typeof DOWNLOADED_NAMES)[number], DownloadedEncoder>> = {
  'mobilenet-v2': {
    builder: imagenetBuilder,
    digest: 'sha256:0126ecf1a70161946a6cb91d12c1c9255023a062eb5568446fa620bfe38e3e04',
  },
};

export interface DownloadedEncoder {
  readonly builder: EncoderBuilder<WebFile>;
  /** Of the encoder that is built. Packages state it. */
  readonly digest: string;
}
