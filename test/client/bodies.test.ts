import { describe, expect, it } from 'vitest';
import { base64Of } from '../../src/client/base64.ts';
import { adaptMessage, predictMessage } from '../../src/client/bodies.ts';

const photo = new File([Uint8Array.of(0, 255, 13)], 'a.png', { type: 'image/png' });
const note = new Blob(['été'], { type: 'text/plain' });

describe('files with labels', () => {
  it('are sent as a form, with their names', async () => {
    const { content, query } = await adaptMessage({
      support: [{ label: 'a "b"', input: photo }],
      model: 'photos',
    });
    const form = content?.open() as FormData;
    expect([...form.keys()]).toEqual(['a "b"']);
    expect((form.get('a "b"') as File).name).toBe('a.png');
    expect({ query, headers: content?.headers }).toEqual({
      query: { model: 'photos', mode: undefined, target: undefined },
      headers: {},
    });
  });

  it('are sent as JSON where a form cannot say what is given', async () => {
    const file = { file: 'AP8N' };
    const steps = { settings: { steps: 3 }, model: 'photos' };
    expect((await adaptMessage({ support: [{ label: 'a', input: photo }], ...steps })).json).toEqual({
      ...steps,
      support: [{ label: 'a', input: file }],
    });
    expect((await adaptMessage({ support: [{ target: 2, input: photo }] })).json).toEqual({
      support: [{ target: 2, input: file }],
    });
    const mixed = await adaptMessage({
      support: [
        { label: 'a', input: note },
        { label: 'b', input: 'words' },
      ],
    });
    expect(mixed.json).toEqual({
      support: [
        { label: 'a', input: { text: 'été' } },
        { label: 'b', input: 'words' },
      ],
    });
    const many = Array.from({ length: 1025 }, () => ({ label: 'a', input: photo }));
    expect((await adaptMessage({ support: many })).content).toBeUndefined();
  });
});

it.each<[unknown, string]>([
  ['one text', 'a string'],
  [{ refund: ['a', 'b'] }, 'a value of type object'],
  [null, 'null'],
])('refuses %j in place of a list, and says what it takes', async (given, got) => {
  const message = `Expected an array, or one Blob with many items, got ${got}`;
  await expect(predictMessage(given as never, {})).rejects.toThrow(new TypeError(message));
  await expect(adaptMessage({ support: given as never })).rejects.toThrow(new TypeError(message));
});

describe('inputs', () => {
  it('that are files have their options in the query', async () => {
    const { content, query, json } = await predictMessage([photo, photo], {
      reject: { coverage: 0.9 },
      explain: true,
    });
    const form = content?.open() as FormData;
    expect([...form.keys()]).toEqual(['input', 'input']);
    expect({ query, json }).toEqual({ query: { coverage: 0.9, explain: true }, json: undefined });
    expect((await predictMessage([photo], { reject: true })).query).toEqual({ reject: true });
  });

  it('of other kinds have them in the body', async () => {
    expect(await predictMessage(['a', [1, 2], { age: 3 }], { set: 0.9 })).toEqual({
      json: { inputs: ['a', [1, 2], { age: 3 }], options: { set: 0.9 } },
    });
  });

  it('may be one file with many', async () => {
    const table = new Blob(['a,b\n1,2\n'], { type: 'text/csv' });
    const { content } = await predictMessage(table, {});
    expect(content?.headers).toEqual({ 'content-type': 'text/csv' });
    expect(content?.open()).toBe(table);
  });
});

it.each([0, 1, 2, 3, 100_000])('encodes %i bytes in base64', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
  expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
});
