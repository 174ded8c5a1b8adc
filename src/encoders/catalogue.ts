import type { EncoderBuilder } from './builder.ts';

/** Every encoder that is built from npm packages, by name. */
export const encoderBuilders: Readonly<Record<string, EncoderBuilder>> = {};
