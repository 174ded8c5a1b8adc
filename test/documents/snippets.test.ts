import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, snippetsOf, wayOf } from './snippets.ts';
import { ways } from './ways.ts';

const root = join(import.meta.dirname, '../..');

describe.each(documents)('the snippets of %s', (file) => {
  const snippets = snippetsOf(file);

  it('are each tested, or listed in ways.ts with the reason why not', () => {
    expect(snippets.filter((each) => !wayOf(each)).map(({ start }) => start)).toEqual([]);
  });

  it('are all that ways.ts lists', () => {
    const used = new Set(snippets.map((each) => wayOf(each)));
    const listed = Object.entries(ways[file] ?? {});
    expect(listed.filter(([, way]) => !used.has(way)).map(([start]) => start)).toEqual([]);
  });

  it('are valid, if they are JSON', () => {
    for (const { language, text } of snippets)
      if (language === 'json') expect(() => JSON.parse(text)).not.toThrow();
  });

  it('are run by tests that name the document', () => {
    for (const way of Object.values(ways[file] ?? {}))
      if ('by' in way) expect(readFileSync(join(root, way.by), 'utf8')).toContain(file);
  });
});

it('ways.ts lists documents that exist', () => {
  expect(Object.keys(ways).filter((file) => !documents.includes(file))).toEqual([]);
});

describe('snippetsOf', () => {
  const of = (markdown: string) =>
    snippetsOf('x.md', markdown).map(({ language, start }) => [language, start]);

  it('finds blocks of a language, commands without one, and those in lists', () => {
    expect(
      of('```sh\nls\n```\n\n- a\n\n  ```python\n  import x\n  ```\n\ntext\n\n    npm ci\n\n```\nnpx y\n```'),
    ).toEqual([
      ['sh', 'ls'],
      ['python', 'import x'],
      ['sh', 'npm ci'],
      ['sh', 'npx y'],
    ]);
  });

  it('leaves out what is printed, and files of other programs', () => {
    expect(of('```\nLearned 3 labels\n```\n\n```nginx\nserver {}\n```')).toEqual([]);
  });
});
