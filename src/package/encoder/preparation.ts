import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });
const Name = Type.String({ minLength: 1 });

/** The side of a square in pixels, or both sides. */
const Size = Type.Union([Count, Type.Object({ height: Count, width: Count }, closed)]);
export type Size = Static<typeof Size>;

/**
 * How a picture becomes the one input [channels, height, width] of the encoder: decode, turn upright, lay on white, resize,
 * cut out the centre, scale, subtract the mean and divide by the deviation of each channel.
 */
const ImagePreparation = Type.Object(
  {
    kind: Type.Literal('image'),
    /** Height and width of the input. */
    size: Size,
    /** `cover`: the shorter side fits, and the centre is cut out. `contain`: all is visible, with margins. `fill`: both sides are scaled. */
    fit: Type.Union([Type.Literal('cover'), Type.Literal('contain'), Type.Literal('fill')]),
    /** The size that `fit` refers to, if the centre of `size` is cut out of a larger picture. Default: `size`. */
    resize: Type.Optional(Size),
    /**
     * Each filter is as wide as the step between pixels of the result, so that nothing aliases. Pillow computes the same.
     * Default: as libvips resizes, with its Lanczos kernel; older encoders were taught so.
     */
    interpolation: Type.Optional(
      Type.Union([
        Type.Literal('nearest'),
        Type.Literal('bilinear'),
        Type.Literal('bicubic'),
        Type.Literal('lanczos'),
      ]),
    ),
    /** Default: `rgb`. `gray` is one channel, 0.299 red + 0.587 green + 0.114 blue. */
    channels: Type.Optional(Type.Union([Type.Literal('rgb'), Type.Literal('bgr'), Type.Literal('gray')])),
    /** Values before the mean is subtracted: 0…1 (default) or 0…255. */
    range: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(255)])),
    /** One number for each channel, in the order of `channels`. */
    mean: Type.Array(Type.Number(), { minItems: 1, maxItems: 3 }),
    deviation: Type.Array(Type.Number({ exclusiveMinimum: 0 }), { minItems: 1, maxItems: 3 }),
  },
  closed,
);

/** Hashed words and character n-grams of a text. */
const Ngrams = Type.Object({ minimum: Count, maximum: Count, buckets: Count }, closed);

/**
 * The inputs that the tokens of a text become, by role. Each has the shape [T]. T is `maxTokens`, or named by text if the
 * inputs of a run are only as long as its longest text.
 */
const Tokens = Type.Object(
  {
    /** Name of the input with the ids of the tokens, with the marks of start and end that the tokenizer adds. */
    ids: Name,
    /** Name of the input that is 1 for tokens and 0 for padding. */
    mask: Type.Optional(Name),
    /** Name of the input with the number of the text that a token belongs to: always 0. */
    types: Type.Optional(Name),
    /** Id of padding. */
    pad: Type.Integer({ minimum: 0 }),
  },
  closed,
);

/**
 * How a text becomes the inputs of the encoder. Either with `tokens`, by a tokenizer of Hugging Face in `tokenizer.json`.
 * Or with `ngrams`, as `ids` [T] and `mask` [T], by our own form of `tokenizer.json`, and `ngrams` [buckets], the counts of
 * hashed words and character n-grams.
 */
const TextPreparation = Type.Object(
  {
    kind: Type.Literal('text'),
    /** Longer texts are cut. Marks of start and end count, and stay. */
    maxTokens: Count,
    ngrams: Type.Optional(Ngrams),
    tokens: Type.Optional(Tokens),
  },
  closed,
);

/**
 * How a sound becomes the one input [S] or [1, S] of the encoder: one channel at this rate, cut to `maxSamples`, without the
 * silence at both ends, with silence added before and after, normalised, and brought to its length.
 */
const AudioPreparation = Type.Object(
  {
    kind: Type.Literal('audio'),
    /** Sounds are stored at 16 kHz: a higher rate adds no higher tones. */
    sampleRate: Count,
    /** Samples of the sound that are read; longer sounds are cut. */
    maxSamples: Count,
    /** Parts at both ends count as silence when they are this many decibels below the loudest part. Default: no part does. */
    silenceDecibels: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** Samples of silence that are added. */
    before: Type.Integer({ minimum: 0 }),
    after: Type.Integer({ minimum: 0 }),
    /** Values of samples: −32,768…32,767 (`int16`, default) or −1…1 (`unit`). */
    range: Type.Optional(Type.Union([Type.Literal('int16'), Type.Literal('unit')])),
    /** Whether the samples of a sound get the mean 0 and the variance 1. Default: false. */
    normalise: Type.Optional(Type.Boolean()),
    /** The input has this length: silence is added to the end of shorter sounds, and of longer ones the middle is read. */
    length: Type.Optional(Count),
    /** Silence is added to the end of sounds that are shorter. */
    minSamples: Type.Optional(Count),
  },
  closed,
);

/** The content is the one input of the encoder: an array of numbers of a fixed shape. */
const TensorPreparation = Type.Object({ kind: Type.Literal('tensor') }, closed);

/** How contents become inputs. `kind` is the kind of content. */
export const Preparation = Type.Union([
  ImagePreparation,
  TextPreparation,
  AudioPreparation,
  TensorPreparation,
]);
export type Preparation = Static<typeof Preparation>;
export type ImagePreparation = Static<typeof ImagePreparation>;
export type TextPreparation = Static<typeof TextPreparation>;
export type Ngrams = Static<typeof Ngrams>;
export type Tokens = Static<typeof Tokens>;
export type AudioPreparation = Static<typeof AudioPreparation>;

export function sidesOf(size: Size): { readonly height: number; readonly width: number } {
  return typeof size === 'number' ? { height: size, width: size } : size;
}
