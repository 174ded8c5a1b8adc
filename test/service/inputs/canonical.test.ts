import { describe, expect, it } from 'vitest';
import { createReadCanonical } from '../../../src/service/inputs/canonical.ts';
import type { InputSpec } from '../../../src/service/inputs/input-spec.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';

const read = createReadCanonical({
  decodeInput: () => expect.fail('not decoded'),
  decoder: { canonical: async (content) => ({ content, warnings: [] }) },
});
const spec = { reads: 'text', shape: [], encoder: { id: 'words' } } as unknown as InputSpec;
const textOf = (text: string) => read({ kind: 'text', text }, spec, { take: async () => {} });

describe('an example of text', () => {
  it.each(['img/rose/012.jpg', 'C:\\photos\\My cat.PNG', 'yes.wav'])(
    'that is the name of a file has a warning: %s',
    async (name) => {
      expect((await textOf(name)).warnings).toMatchObject([{ code: 'name_of_file', pointer: '' }]);
    },
  );

  it.each([
    'Where is my card?',
    'Look at this:\nphoto.jpg',
    '<img src=photo.jpg',
    'jpg',
    'Please open photo.jpg',
  ])('that is none has none: %j', async (text) => {
    expect((await textOf(text)).warnings).toEqual([]);
  });

  it.each<[RawInput, string]>([
    [{ kind: 'file', file: new Uint8Array(0) }, 'an empty file'],
    [{ kind: 'text', text: ' ' }, 'an empty text'],
  ])('of nothing is refused: %j', async (raw, got) => {
    const refused = read(raw, spec, { take: async () => {} });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_input', details: { got } });
  });
});
