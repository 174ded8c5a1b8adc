import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const below = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
const documents = [...readdirSync(root), ...['docs', 'bench', 'docker', 'models'].flatMap(below)].filter(
  (path) => path.endsWith('.md'),
);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe.each(documents)('%s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');

  it('links to files that exist', () => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const relative = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(relative.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
  });

  it('names scripts that exist', () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    // The list `npm run bench:` `adapt`, … names a prefix.
    const wanted = named.filter((name) => !name.endsWith(':'));
    expect(wanted.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('finds the documents', () => {
  expect(documents.length).toBeGreaterThan(20);
});
