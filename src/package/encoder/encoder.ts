import { type Static, type TSchema, Type } from 'typebox';
import { closed, count, packageName, sha256, version } from '../schemas/parts.ts';
import { Preparation } from './preparation.ts';

const MiB = 2 ** 20;

/** The files that may lie beside `encoder.json`, and the maximum number of bytes of each. */
export const ENCODER_FILES = {
  'embed.onnx': 16 * MiB,
  'weights.bin': 1024 * MiB,
  'tokenizer.json': 64 * MiB,
} as const satisfies Readonly<Record<string, number>>;
export type EncoderFile = keyof typeof ENCODER_FILES;

const EncoderInput = Type.Object(
  {
    name: Type.String({ description: 'The name of an input of `embed.onnx`.' }),
    shape: Type.Array(Type.Union([Type.Integer({ minimum: 1 }), Type.String()]), {
      maxItems: 4,
      description:
        'Its shape without the batch axis. If the size of an axis is a name, it can differ between contents. Shorter contents are then padded within a run. This padding must not change the features.',
    }),
    dtype: Type.Optional(
      Type.Union([Type.Literal('float32'), Type.Literal('int64')], { description: 'Default: `float32`.' }),
    ),
  },
  closed,
);

/**
 * `encoder.json`: a frozen network that many packages share. Beside it lie `embed.onnx` and `weights.bin`, its weights as
 * one file of external data, and for text `tokenizer.json`:
 *
 *     embed(inputs [B, …]) → features [B, d]
 */
export const EncoderManifest = Type.Object(
  {
    format: Type.Literal(1, { description: 'The format of this file.' }),
    name: packageName('The name by which packages refer to the encoder.'),
    version: version('The version of the encoder.'),
    description: Type.String({ description: 'What it is, in one sentence.' }),
    license: Type.String({ description: 'The licence of the weights, as an SPDX expression.' }),
    sources: Type.Array(
      Type.Object(
        {
          file: Type.String({ description: 'The name of the file.' }),
          origin: Type.String({ description: 'Where the file came from.' }),
          sha256: sha256('Hash of the file.'),
        },
        closed,
      ),
      { description: 'The files that it was made from.' },
    ),
    preparation: Preparation,
    inputs: Type.Array(EncoderInput, { minItems: 1, description: 'The inputs of `embed.onnx`.' }),
    features: count('The number of features, d.'),
    batch: count('Maximum number of contents in one run.'),
    files: Type.Object(
      {
        'embed.onnx': sha256('Hash of the graph, of at most 16 MiB.'),
        'weights.bin': sha256('Hash of the weights, one file of external data, of at most 1 GiB.'),
        'tokenizer.json': Type.Optional(sha256('For texts: hash of the tokenizer, of at most 64 MiB.')),
      } satisfies Record<EncoderFile, TSchema>,
      { ...closed, description: 'Hash of each file beside `encoder.json`.' },
    ),
    digest: sha256(
      'Hash of the files and the preparation. Encoders with equal digests compute the same features.',
    ),
  },
  closed,
);
export type EncoderManifest = Static<typeof EncoderManifest>;

/** An encoder on disk, verified. */
export interface Encoder {
  readonly manifest: EncoderManifest;
  /** The folder that holds the files of the manifest. */
  readonly folder: string;
  /** The verified content of `embed.onnx`. Its weights stay in `weights.bin`, which the runtime maps. */
  readonly program: Uint8Array;
}
