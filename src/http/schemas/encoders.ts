import { type Static, Type } from 'typebox';
import { EncoderManifest } from '../../package/encoder/encoder.ts';
import { listOf } from './shared/list.ts';
import { objectName } from './shared/shape.ts';

const {
  format: _format,
  files: _files,
  batch: _batch,
  inputs: _inputs,
  ...properties
} = EncoderManifest.properties;

/** The manifest of an encoder, without the members that are only needed to run it. */
export const Encoder = Type.Object(
  { object: objectName('encoder'), ...properties },
  {
    title: 'Encoder',
    description: 'A frozen network that turns a picture, a text, a sound or numbers into features.',
  },
);
export const EncoderList = listOf(Encoder);

export function encoderBody({
  format: _,
  files: __,
  batch: ___,
  inputs: ____,
  ...manifest
}: EncoderManifest): Static<typeof Encoder> {
  return { object: 'encoder', ...manifest };
}

export const EncoderParams = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 128,
    description: 'The name of an encoder.',
    examples: ['mobilenet-v2-objectron'],
  }),
});
