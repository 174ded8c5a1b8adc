import { describe, expect, it } from 'vitest';
import { encoderDigest, sha256 } from '../../../src/package/digest.ts';
import type { EncoderManifest } from '../../../src/package/encoder/encoder.ts';
import type { Preparation } from '../../../src/package/encoder/preparation.ts';
import { verifyPreparation } from '../../../src/package/encoder/verify-preparation.ts';

type Inputs = EncoderManifest['inputs'];

const files = { 'embed.onnx': sha256('graph'), 'weights.bin': sha256('weights') };
const withTokenizer = { ...files, 'tokenizer.json': sha256('tokenizer') };

function manifest(
  preparation: Preparation,
  inputs: Inputs,
  more: Partial<EncoderManifest> = {},
): EncoderManifest {
  return {
    format: 1,
    name: 'any',
    version: '1.0.0',
    description: '',
    license: 'MIT',
    sources: [],
    preparation,
    inputs,
    features: 8,
    batch: 4,
    files: withTokenizer,
    digest: sha256(''),
    ...more,
  };
}

const photo = {
  kind: 'image',
  size: 160,
  fit: 'cover',
  mean: [0.5, 0.5, 0.5],
  deviation: [0.5, 0.5, 0.5],
} as const satisfies object;
const gray = {
  ...photo,
  size: { height: 28, width: 20 },
  channels: 'gray',
  mean: [0.1],
  deviation: [0.3],
} as const;
const ngrams = { kind: 'text', maxTokens: 128, ngrams: { minimum: 3, maximum: 5, buckets: 16 } } as const;
const tokens = {
  kind: 'text',
  maxTokens: 77,
  tokens: { ids: 'input_ids', mask: 'attention_mask', types: 'token_type_ids', pad: 1 },
} as const;
const onlyIds = { kind: 'text', maxTokens: 77, tokens: { ids: 'input_ids', pad: 0 } } as const;
const words = {
  kind: 'audio',
  sampleRate: 16_000,
  maxSamples: 480_000,
  silenceDecibels: 35,
  before: 11_200,
  after: 6_400,
} as const;
const second = {
  kind: 'audio',
  sampleRate: 8_000,
  maxSamples: 8_000,
  before: 0,
  after: 0,
  range: 'unit',
  length: 8_000,
} as const;

const input = (name: string, ...shape: Inputs[number]['shape']) => ({ name, shape });
const ids = (name: string, length: string | number) => ({ name, shape: [length], dtype: 'int64' as const });
const bert = (length: string | number) => [
  ids('input_ids', length),
  ids('attention_mask', length),
  ids('token_type_ids', length),
];

describe('the digest of an encoder', () => {
  it.each([
    ['pictures', photo, files, 'sha256:9a573ad00d00506ff810e91c299d3aed5ed88ecc74cb5f1edd9f372ce65c0f41'],
    [
      'texts',
      ngrams,
      withTokenizer,
      'sha256:908ef296d253e0ff1a1be8f3e8f931e903b8f05e349de516eb642edade302020',
    ],
    ['sounds', words, files, 'sha256:cc98a3ac55b1d84eb72659d84c5f54a442194b0d5fcd0cf56aff70808b4f0eee'],
  ] as const)(
    'of %s from before further preparations existed is still the same',
    (_, preparation, of, digest) => {
      expect(encoderDigest({ files: of, preparation: structuredClone(preparation) as Preparation })).toBe(
        digest,
      );
    },
  );
});

describe('verifyPreparation', () => {
  it.each<[string, Preparation, Inputs]>([
    ['pictures', photo as never, [input('image', 3, 160, 160)]],
    ['gray pictures that are not squares', gray as never, [input('x', 1, 28, 20)]],
    ['the centre of a larger picture', { ...photo, resize: 183 } as never, [input('x', 3, 160, 160)]],
    ['n-grams', ngrams, [input('ids', 'T'), input('mask', 'T'), input('ngrams', 16)]],
    ['tokens of any length', tokens, bert('sequence')],
    ['tokens of one length', tokens, bert(77)],
    ['tokens without a mask', onlyIds, [ids('input_ids', 77)]],
    ['float tokens', onlyIds, [input('input_ids', 77)]],
    ['sounds', words, [input('samples', 'S')]],
    ['sounds of one length with a channel', second, [input('waveform', 1, 8_000)]],
    ['numbers', { kind: 'tensor' }, [input('window', 6, 128)]],
  ])('accepts %s', (_, preparation, inputs) => {
    expect(() => verifyPreparation(manifest(preparation, inputs))).not.toThrow();
  });

  it.each<[string, EncoderManifest, string, RegExp]>([
    [
      'a mean of two channels',
      manifest({ ...photo, mean: [0, 0] } as never, [input('image', 3, 160, 160)]),
      '/preparation/mean',
      /3 numbers for rgb, got \[0,0\]/,
    ],
    [
      'three deviations for a gray picture',
      manifest({ ...gray, deviation: [1, 1, 1] } as never, [input('x', 1, 28, 20)]),
      '/preparation/deviation',
      /1 numbers for gray/,
    ],
    [
      'a picture that is larger than what it is cut out of',
      manifest({ ...photo, resize: { height: 200, width: 159 } } as never, [input('x', 3, 160, 160)]),
      '/preparation/resize',
      /at least the size 160 × 160, got {"height":200,"width":159}/,
    ],
    [
      'an input of another size',
      manifest(photo as never, [input('image', 3, 160, 161)]),
      '/inputs',
      /an input \[3, 160, 160\] of float32/,
    ],
    [
      'a picture and a second input',
      manifest(photo as never, [input('image', 3, 160, 160), input('more', 1)]),
      '/inputs',
      /an input \[3, 160, 160\]/,
    ],
    [
      'texts without a tokenizer',
      manifest(tokens, bert('T'), { files }),
      '/files/tokenizer.json',
      /got nothing/,
    ],
    [
      'texts without tokens and n-grams',
      manifest({ kind: 'text', maxTokens: 9 }, bert('T')),
      '/preparation',
      /either/,
    ],
    [
      'texts with tokens and n-grams',
      manifest({ ...ngrams, ...tokens } as never, bert('T')),
      '/preparation',
      /either ngrams or tokens/,
    ],
    [
      'n-grams of another number',
      manifest(ngrams, [input('ids', 'T'), input('mask', 'T'), input('ngrams', 9)]),
      '/inputs',
      /ngrams \[16\]/,
    ],
    [
      'tokens of another length',
      manifest(tokens, bert(78)),
      '/preparation/maxTokens',
      /78, the length of the input, got 77/,
    ],
    [
      'another name of the mask',
      manifest(tokens, [ids('input_ids', 'T'), ids('mask', 'T'), ids('token_type_ids', 'T')]),
      '/inputs',
      /attention_mask \[T\] of float32 or int64/,
    ],
    [
      'runs of several texts without a mask',
      manifest(onlyIds, [ids('input_ids', 'T')]),
      '/batch',
      /1 for tokens of any length/,
    ],
    [
      'sounds of another length',
      manifest(second, [input('waveform', 1, 16_000)]),
      '/inputs',
      /an input \[1, 8000\]/,
    ],
    ['sounds of whole numbers', manifest(words, [ids('samples', 'S')]), '/inputs', /\[S\] of float32/],
    [
      'too many samples as the least',
      manifest({ ...words, minSamples: 480_001 }, [input('samples', 'S')]),
      '/preparation/minSamples',
      /at most maxSamples, 480000/,
    ],
    [
      'numbers of any length',
      manifest({ kind: 'tensor' }, [input('window', 'T', 3)]),
      '/inputs/0/shape',
      /sizes that are numbers/,
    ],
  ])('refuses %s', (_, given, pointer, message) => {
    expect(() => verifyPreparation(given)).toThrow(
      expect.objectContaining({
        code: 'invalid_package',
        message: expect.stringMatching(message),
        details: expect.objectContaining({ pointer }),
      }),
    );
  });
});
