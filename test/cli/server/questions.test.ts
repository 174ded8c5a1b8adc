import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputsOf, textInputs } from '../../../src/cli/server/questions.ts';
import { scratchFolder } from '../../support/scratch.ts';

const standard = (...chunks: readonly (string | Buffer)[]) => ({
  stdin: (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  })(),
});

describe('inputs of predictions', () => {
  it('are sent in several calls if there are many files', async () => {
    const folder = await scratchFolder();
    for (let i = 0; i < 513; i++) await writeFile(join(folder, `${i}.png`.padStart(8, '0')), 'x');
    const batches = await inputsOf([folder], undefined, standard());
    expect(batches.map(({ body }) => body.type.split(';')[0])).toEqual([
      'multipart/form-data',
      'multipart/form-data',
    ]);
    expect(batches[0]?.names(511, undefined)).toBe(join(folder, '0511.png'));
    expect(batches[1]?.names(0, undefined)).toBe(join(folder, '0512.png'));
  });

  it.each<[string, readonly (string | Buffer)[], string, readonly string[]]>([
    [
      'texts, one a line',
      ['I lost my card\r\n\n', 'Where is it?'],
      'application/json',
      ['I lost my card', 'Where is it?'],
    ],
    ['an archive', ['PK', '\x03\x04…'], 'application/zip', ['line 1']],
    ['a picture', [Buffer.from('\x89PNG\r\n\x1a\n\0', 'latin1')], 'multipart/form-data', ['-']],
  ])('from standard input are recognised by their bytes: %s', async (_what, chunks, type, names) => {
    const [batch, ...others] = await inputsOf(['-'], undefined, standard(...chunks));
    expect(others).toEqual([]);
    expect(batch?.body.type.split(';')[0]).toBe(type);
    expect(names.map((_, i) => batch?.names(i, undefined))).toEqual(names);
  });

  it.each([
    ['csv', 'text/csv', 'row 2'],
    ['ndjson', 'application/x-ndjson', 'line 2'],
  ] as const)('from standard input can be said to be %s', async (format, type, name) => {
    const [batch] = await inputsOf(['-'], format, standard('a,b\n1,2\n'));
    expect([batch?.body.type, batch?.names(1, undefined)]).toEqual([type, name]);
  });

  it('may be texts, but not too many', () => {
    expect(textInputs(['a', 'b']).names(1, undefined)).toBe('b');
    expect(() => textInputs(Array.from({ length: 4097 }, () => 'a'))).toThrow(
      'Expected at most 4096 texts, got 4097',
    );
  });
});
