import { type Static, Type } from 'typebox';
import { closed, oneOf } from '../schemas/parts.ts';

/** Limits are far above what encoders have: a foreign manifest must not make each request use much memory. */
const upTo = (maximum: number, description: string) => Type.Integer({ minimum: 1, maximum, description });
/** Of a picture, in pixels. */
export const MAX_SIDE = 8192;
const samples = (description: string) => upTo(2 ** 26, description);
const silence = (description: string) => Type.Integer({ minimum: 0, maximum: 2 ** 26, description });
export const MAX_SAMPLE_RATE = 384_000;
const name = (description: string) => Type.String({ minLength: 1, description });
const size = (description: string) =>
  Type.Union(
    [
      upTo(MAX_SIDE, 'The side of a square, in pixels.'),
      Type.Object(
        { height: upTo(MAX_SIDE, 'Height in pixels.'), width: upTo(MAX_SIDE, 'Width in pixels.') },
        closed,
      ),
    ],
    { description },
  );
export type Size = Static<ReturnType<typeof size>>;

const ImagePreparation = Type.Object(
  {
    kind: Type.Literal('image', { description: 'The encoder reads pictures.' }),
    size: size('The size of the input: the side of a square in pixels, or both sides.'),
    fit: oneOf(
      ['cover', 'contain', 'fill'],
      '`cover`: the shorter side fits, and the centre is cut out. `contain`: all is visible, with margins. `fill`: both sides are scaled.',
    ),
    resize: Type.Optional(
      size(
        'The size to which `fit` resizes the picture. Then a centre of the size `size` is cut out of it. Default: `size`.',
      ),
    ),
    /** Each filter is as wide as the step between pixels of the result, so that nothing aliases. */
    interpolation: Type.Optional(
      oneOf(
        ['nearest', 'bilinear', 'bicubic', 'lanczos'],
        'The filter that changes the size, as in Pillow. Default: the Lanczos filter of libvips, or `bilinear` if `resize` is stated.',
      ),
    ),
    channels: Type.Optional(
      oneOf(
        ['rgb', 'bgr', 'gray'],
        'The order of the channels. `gray` is one channel, 0.299 red + 0.587 green + 0.114 blue. Default: `rgb`.',
      ),
    ),
    range: Type.Optional(
      oneOf([1, 255], 'Values before the mean is subtracted: 0…1 (`1`, the default) or 0…255 (`255`).'),
    ),
    mean: Type.Array(Type.Number(), {
      minItems: 1,
      maxItems: 3,
      description: 'The number that is subtracted from each channel, in the order of `channels`.',
    }),
    deviation: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
      minItems: 1,
      maxItems: 3,
      description: 'The number that divides each channel, in the order of `channels`.',
    }),
  },
  {
    ...closed,
    title: 'ImagePreparation',
    description:
      'How a picture becomes the one input [channels, height, width] of the encoder: decode, turn upright, lay on white, resize, cut out the centre, scale, subtract the mean and divide by the deviation of each channel.',
  },
);

const Ngrams = Type.Object(
  {
    minimum: upTo(64, 'Number of characters of the shortest n-gram.'),
    maximum: upTo(64, 'Number of characters of the longest n-gram.'),
    buckets: upTo(
      2 ** 24,
      'Number of counters. The hash of a word or n-gram selects the counter that counts it.',
    ),
  },
  {
    ...closed,
    description:
      'Counts of hashed words and character n-grams, which the encoder reads as well. Absent if it reads tokens only.',
  },
);

/** Each input has the shape [T]. T is `maxTokens`, or named by text if the inputs of a run are only as long as its longest text. */
const Tokens = Type.Object(
  {
    ids: name(
      'The input with the ids of the tokens, with the special tokens of start and end that the tokenizer adds.',
    ),
    mask: Type.Optional(name('The input that is 1 for tokens and 0 for padding. Absent if there is none.')),
    types: Type.Optional(
      name(
        'The input with the number of the text that a token belongs to, always 0. Absent if there is none.',
      ),
    ),
    pad: Type.Integer({ minimum: 0, maximum: 2 ** 24, description: 'The id of padding.' }),
  },
  {
    ...closed,
    description:
      'The names of the inputs that tokens become. Absent for texts that are prepared with `ngrams`.',
  },
);

/**
 * Either with `tokens`, by a tokenizer of Hugging Face in `tokenizer.json`. Or with `ngrams`, as `ids` [T] and `mask` [T], by
 * our own form of `tokenizer.json`, and `ngrams` [buckets].
 */
const TextPreparation = Type.Object(
  {
    kind: Type.Literal('text', { description: 'The encoder reads texts.' }),
    maxTokens: upTo(
      2 ** 16,
      'Maximum number of tokens of a text; longer texts are cut. The special tokens at the start and the end are included in this number, and are kept when a text is cut.',
    ),
    ngrams: Type.Optional(Ngrams),
    tokens: Type.Optional(Tokens),
  },
  { ...closed, title: 'TextPreparation', description: 'How a text becomes the inputs of the encoder.' },
);

const AudioPreparation = Type.Object(
  {
    kind: Type.Literal('audio', { description: 'The encoder reads sounds.' }),
    /** Sounds are stored at 16 kHz: a higher rate adds no higher tones. */
    sampleRate: upTo(MAX_SAMPLE_RATE, 'Samples per second (Hz).'),
    maxSamples: samples('Maximum number of samples that are read; longer sounds are cut.'),
    silenceDecibels: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'A part at the start or the end is removed if it is quieter than the loudest part by more than this many decibels. Default: nothing is removed.',
      }),
    ),
    before: silence('Samples of silence that are added before the sound.'),
    after: silence('Samples of silence that are added after the sound.'),
    range: Type.Optional(
      oneOf(['int16', 'unit'], 'Values of samples: −32,768…32,767 (`int16`, the default) or −1…1 (`unit`).'),
    ),
    normalise: Type.Optional(
      Type.Boolean({
        description: 'Whether the samples of a sound get the mean 0 and the variance 1. Default: false.',
      }),
    ),
    length: Type.Optional(
      samples(
        'The number of samples of the input: shorter sounds get silence at the end; of longer sounds, only the middle is read. Absent if the length may vary.',
      ),
    ),
    minSamples: Type.Optional(samples('Sounds with fewer samples get silence at the end.')),
  },
  {
    ...closed,
    title: 'AudioPreparation',
    description:
      'How a sound becomes the one input [S] or [1, S] of the encoder: one channel at `sampleRate`, cut to `maxSamples`, without the silence at both ends, with silence added before and after, normalised, and brought to its length.',
  },
);

const TensorPreparation = Type.Object(
  { kind: Type.Literal('tensor', { description: 'The encoder reads numbers.' }) },
  {
    ...closed,
    title: 'TensorPreparation',
    description:
      'The input of the encoder is an array of numbers of a fixed shape, which are used unchanged.',
  },
);

/** How contents become inputs. `kind` is the kind of content. */
export const Preparation = Type.Union(
  [ImagePreparation, TextPreparation, AudioPreparation, TensorPreparation],
  {
    description:
      'How contents become inputs of the encoder. `kind` is the kind of content, and says which members the object has.',
  },
);
export type Preparation = Static<typeof Preparation>;
export type ImagePreparation = Static<typeof ImagePreparation>;
export type TextPreparation = Static<typeof TextPreparation>;
export type Ngrams = Static<typeof Ngrams>;
export type Tokens = Static<typeof Tokens>;
export type AudioPreparation = Static<typeof AudioPreparation>;

export function sidesOf(size: Size): { readonly height: number; readonly width: number } {
  return typeof size === 'number' ? { height: size, width: size } : size;
}
