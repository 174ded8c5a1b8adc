import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { kindOfInput } from '../../../src/service/inputs/kind-of-input.ts';

const fixture = async (path: string) => (await readFile(`test/fixtures/${path}`)).toString('base64');
const kindOf = (value: unknown) => kindOfInput({ kind: 'json', value });

describe('the kind of a string, without a package that reads it', () => {
  it.each([
    ['photos/ginger/1.jpg', 'image'],
    ['glyphs/anchor/1.png', 'image'],
    ['words/yes/1.wav', 'audio'],
  ])('is that of the file in it: %s', async (path, kind) => {
    const base64 = await fixture(path);
    expect(kindOf(base64)).toBe(kind);
    expect(kindOf(base64.replace(/.{76}/g, '$&\n'))).toBe(kind);
    expect(kindOf(`data:application/octet-stream;base64,${base64}`)).toBe(kind);
  });

  it.each([
    'iVBORw0KGgo',
    'R0lGODlhIsThisAPicture? No, it is a text that begins like one: '.repeat(2),
    Buffer.from('A text in base64 is a text, since nothing says what it is otherwise.').toString('base64'),
    'Donaudampfschifffahrtsgesellschaft '.repeat(4),
    '',
  ])('is text otherwise: %j', (text) => {
    expect(kindOf(text)).toBe('text');
  });
});
