import { type Static, type TSchema, Type } from 'typebox';
import { Preparation } from './preparation.ts';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });
const Sha256 = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'sha256: and 64 hexadecimal digits',
});

const MiB = 2 ** 20;

/** The files that may lie beside `encoder.json`, and the most bytes of each. */
export const ENCODER_FILES = {
  'embed.onnx': 16 * MiB,
  'weights.bin': 1024 * MiB,
  'tokenizer.json': 64 * MiB,
} as const satisfies Readonly<Record<string, number>>;
export type EncoderFile = keyof typeof ENCODER_FILES;

const EncoderInput = Type.Object(
  {
    name: Type.String(),
    shape: Type.Array(Type.Union([Count, Type.String()]), { maxItems: 4 }),
    /** Default: `float32`. */
    dtype: Type.Optional(Type.Union([Type.Literal('float32'), Type.Literal('int64')])),
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
    format: Type.Literal(1),
    name: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
      description: 'a name of a-z, 0-9 and hyphens, at most 63 characters',
    }),
    version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$', description: 'a version such as 1.0.0' }),
    description: Type.String(),
    /** SPDX expression of the licence of the weights. */
    license: Type.String(),
    /** The files that it was made from. */
    sources: Type.Array(Type.Object({ file: Type.String(), origin: Type.String(), sha256: Sha256 }, closed)),
    preparation: Preparation,
    /** The inputs of `embed.onnx` without their batch axis. Axes named by text are padded within a run, which must not change features. */
    inputs: Type.Array(EncoderInput, { minItems: 1 }),
    /** d, the number of features. */
    features: Count,
    /** The most examples in one run. */
    batch: Count,
    /** Hash of each file beside `encoder.json`. */
    files: Type.Object(
      {
        'embed.onnx': Sha256,
        'weights.bin': Sha256,
        'tokenizer.json': Type.Optional(Sha256),
      } satisfies Record<EncoderFile, TSchema>,
      closed,
    ),
    /** Hash over the files and the preparation. Encoders with equal digests compute the same features. */
    digest: Sha256,
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
