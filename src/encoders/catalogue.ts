import type { EncoderBuilder } from './builder.ts';
import { photosBuilder } from './photos/photos-builder.ts';
import { speechBuilder } from './speech/speech-builder.ts';
import { textBuilder } from './text/text-builder.ts';

/** Every encoder that is built from npm packages, by name. */
export const encoderBuilders: Readonly<Record<string, EncoderBuilder>> = {
  'mobilenet-v2-objectron': photosBuilder,
  'speech-embedding': speechBuilder,
  'use-lite': textBuilder,
};
