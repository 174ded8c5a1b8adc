import { type Static, type TSchema, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });
const Sha256 = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'sha256: and 64 hexadecimal digits',
});

/**
 * How a picture becomes the input `image` [3, size, size] of the encoder: decode, turn upright, lay on white, resize,
 * scale to 0…1, subtract the mean and divide by the deviation of each channel (red, green, blue).
 */
const ImagePreparation = Type.Object(
  {
    kind: Type.Literal('image'),
    size: Count,
    /** `cover`: the shorter side fits, and the centre is cut out. `contain`: all is visible, with margins. `fill`: both sides are scaled. */
    fit: Type.Union([Type.Literal('cover'), Type.Literal('contain'), Type.Literal('fill')]),
    mean: Type.Array(Type.Number(), { minItems: 3, maxItems: 3 }),
    deviation: Type.Array(Type.Number({ exclusiveMinimum: 0 }), { minItems: 3, maxItems: 3 }),
  },
  closed,
);

/**
 * How a text becomes the inputs `ids` [T] and `mask` [T], made by the tokenizer in `tokenizer.json`, and `ngrams`
 * [buckets], the counts of its hashed words and character n-grams.
 */
const TextPreparation = Type.Object(
  {
    kind: Type.Literal('text'),
    /** Longer texts are cut. */
    maxTokens: Count,
    ngrams: Type.Object({ minimum: Count, maximum: Count, buckets: Count }, closed),
  },
  closed,
);

/**
 * How a sound becomes the input `samples` [S]: one channel at this rate, in the range of 16-bit integers, without the
 * silence at both ends, and with silence added before and after.
 */
const AudioPreparation = Type.Object(
  {
    kind: Type.Literal('audio'),
    sampleRate: Count,
    /** Samples of the sound that are read; longer sounds are cut. */
    maxSamples: Count,
    /** Parts at both ends count as silence when they are this many decibels below the loudest part. */
    silenceDecibels: Type.Number({ exclusiveMinimum: 0 }),
    /** Samples of silence that are added. */
    before: Type.Integer({ minimum: 0 }),
    after: Type.Integer({ minimum: 0 }),
  },
  closed,
);

export const Preparation = Type.Union([ImagePreparation, TextPreparation, AudioPreparation]);
export type Preparation = Static<typeof Preparation>;
export type ImagePreparation = Static<typeof ImagePreparation>;
export type TextPreparation = Static<typeof TextPreparation>;
export type AudioPreparation = Static<typeof AudioPreparation>;

const MiB = 2 ** 20;

/** The files that may lie beside `encoder.json`, and the most bytes of each. */
export const ENCODER_FILES = {
  'embed.onnx': 16 * MiB,
  'weights.bin': 1024 * MiB,
  'tokenizer.json': 16 * MiB,
} as const satisfies Readonly<Record<string, number>>;
export type EncoderFile = keyof typeof ENCODER_FILES;

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
    /** The inputs of `embed.onnx` without their batch axis, all float32. Axes named by text are padded with zeros within a run. */
    inputs: Type.Array(
      Type.Object(
        { name: Type.String(), shape: Type.Array(Type.Union([Count, Type.String()]), { maxItems: 4 }) },
        closed,
      ),
      { minItems: 1 },
    ),
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
