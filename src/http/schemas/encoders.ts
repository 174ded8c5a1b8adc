import { type Static, Type } from 'typebox';
import { EncoderManifest } from '../../package/encoder/encoder.ts';
import { listOf } from './list.ts';

const {
  format: _format,
  files: _files,
  batch: _batch,
  inputs: _inputs,
  ...properties
} = EncoderManifest.properties;

/** The manifest of an encoder, without the members that are only needed to run it. */
export const Encoder = Type.Object({ object: Type.Literal('encoder'), ...properties });
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
  name: Type.String({ minLength: 1, maxLength: 128, description: 'The name of an encoder.' }),
});
