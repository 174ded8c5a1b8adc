import { describe, expect, it } from 'vitest';
import type { ContentKind } from '../../../src/domain/content.ts';
import { tensorOf } from '../../../src/domain/tensor-content.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { contentOf } from '../../../src/service/inputs/content.ts';
import type { InputSpec } from '../../../src/service/inputs/input-spec.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';

const readers = { text: ['text'], image: ['photos', 'signs'], audio: ['speech'], row: ['rows'] };
const specOf = (reads: ContentKind): InputSpec => ({
  reads,
  shape: reads === 'image' ? [1, 1, 2] : reads === 'tensor' ? [2] : [],
  readers,
});
const json = (value: unknown): RawInput => ({ kind: 'json', value });
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const wav = Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1');
const url = (type: string, file: Buffer) => `data:${type};base64,${file.toString('base64')}`;
const read = (raw: RawInput, reads: ContentKind) => {
  const { kind, bytes } = contentOf(raw, specOf(reads));
  return [kind, kind === 'text' || kind === 'row' ? Buffer.from(bytes).toString() : Buffer.from(bytes)];
};
function refusal(raw: RawInput, reads: ContentKind): InnerloopError {
  try {
    contentOf(raw, specOf(reads));
  } catch (error) {
    if (error instanceof InnerloopError) return error;
  }
  throw new Error('Expected a refusal, got an answer');
}

it.each<[string, RawInput, ContentKind, unknown[]]>([
  ['a string', json('I lost my card'), 'text', ['text', 'I lost my card']],
  ['a string that is base64', json('aGVsbG8='), 'text', ['text', 'aGVsbG8=']],
  [
    'a string that begins like a data URL',
    json('Data: 5 items, urgent'),
    'text',
    ['text', 'Data: 5 items, urgent'],
  ],
  ['a string that is a link', json('https://example.com'), 'text', ['text', 'https://example.com']],
  ['{text}', json({ text: 'data:image/png;base64,AAAA' }), 'text', ['text', 'data:image/png;base64,AAAA']],
  ['a text file', { kind: 'file', file: Buffer.from('Grüße') }, 'text', ['text', 'Grüße']],
  ['a row of one text', { kind: 'row', row: { question: 'where?' } }, 'text', ['text', 'where?']],
  ['an empty text', json(''), 'text', ['text', '']],
  ['a data URL', json(url('image/png', png)), 'image', ['image', png]],
  ['bare base64', json(wav.toString('base64')), 'audio', ['audio', wav]],
  ['{file}', json({ file: wav.toString('base64') }), 'audio', ['audio', wav]],
  [
    'a file that no signature names',
    { kind: 'file', file: Buffer.from('x') },
    'audio',
    ['audio', Buffer.from('x')],
  ],
  ['an object', json({ b: 1, a: null }), 'row', ['row', '{"a":null,"b":1}']],
  [
    'an object with members of a tensor',
    json({ shape: 'round', data: 2 }),
    'row',
    ['row', '{"data":2,"shape":"round"}'],
  ],
  ['an array', json([1, 'x', true, null]), 'row', ['row', '[1,"x",true,null]']],
])('%s is content: %#', (_what, raw, reads, expected) => {
  expect(read(raw, reads)).toEqual(expected);
});

it('an array is a tensor for packages of pictures and of numbers', () => {
  for (const [value, reads] of [
    [[[[0.5, 1]]], 'image'],
    [[0.5, 1], 'tensor'],
  ] as const) {
    const content = contentOf(json(value), specOf(reads));
    expect(content.kind).toBe('tensor');
    expect([...tensorOf(content, [2]).data]).toEqual([0.5, 1]);
  }
});

describe('the wrong kind is refused by kind', () => {
  const pictures = ' \\(packages that read pictures: photos, signs\\)';
  it.each<[RawInput, ContentKind, string]>([
    [json(url('image/png', png)), 'text', `This package reads text; got a picture${pictures}`],
    [{ kind: 'file', file: png }, 'text', `This package reads text; got a picture${pictures}`],
    [{ kind: 'file', file: png }, 'audio', `This package reads sounds; got a picture${pictures}`],
    [
      { kind: 'file', file: wav },
      'image',
      'This package reads pictures; got a sound \\(packages that read sounds: speech\\)',
    ],
    [
      { kind: 'text', text: 'hi' },
      'image',
      'This package reads pictures; got text \\(packages that read text: text\\)',
    ],
    [json({ text: 'hi' }), 'row', 'This package reads rows of a table; got text'],
    [json('hi'), 'row', 'This package reads rows of a table; got text'],
    [json({ age: 3, name: 'x' }), 'text', 'This package reads text; got a row of a table \\(.*: rows\\)'],
    [
      json({ image: 'x' }),
      'image',
      'This package reads pictures; got a row of a table \\(a file in JSON is a text in base64',
    ],
    [
      { kind: 'text', text: 'img/1.JPG' },
      'image',
      'got text that names a file \\(curl sends the file itself with @',
    ],
    [json([1, 2]), 'text', 'This package reads text; got numbers'],
    [json(3), 'audio', 'This package reads sounds; got numbers'],
    [{ kind: 'file', file: Buffer.from([0, 1, 2]) }, 'text', 'This package reads text; got a file'],
    [
      { kind: 'file', file: Buffer.from('PK\x03\x04\x14\0') },
      'text',
      'This package reads text; got a ZIP archive',
    ],
    [{ kind: 'file', file: Buffer.from('P3 2 2 255') }, 'row', 'rows of a table; got a file'],
    [json('hi'), 'tensor', 'This package reads numbers of shape \\[2\\]; got text'],
  ])('%j for %s', (raw, reads, message) => {
    const error = refusal(raw, reads);
    expect(error.code).toBe('invalid_input');
    expect(error.message).toMatch(new RegExp(message));
  });
});

it.each<[RawInput, ContentKind, string, RegExp, RegExp]>([
  [json({ text: 3 }), 'text', '/text', /a string/, /3/],
  [json({ file: 'a*b=' }), 'image', '/file', /base64/, /\*/],
  [json({ file: null }), 'image', '/file', /base64/, /null/],
  [json('https://example.com/a.png'), 'image', '', /base64/, /not fetched/],
  [json({ age: [1] }), 'row', '/age', /a number, a text/, /an array of 1/],
  [json({ 'a/b': {} }), 'row', '/a~1b', /a number, a text/, /an object/],
  [json([1, Number.POSITIVE_INFINITY]), 'row', '/1', /a number, a text/, /Infinity/],
])('%# is refused with its place', (raw, reads, pointer, expected, got) => {
  const { details } = refusal(raw, reads);
  expect(details.pointer).toBe(pointer);
  expect(details.expected).toMatch(expected);
  expect(details.got).toMatch(got);
});
