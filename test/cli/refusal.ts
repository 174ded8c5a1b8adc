import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';
import { innerloop } from './innerloop.ts';

export const models = join(import.meta.dirname, '../../models');
export const recipeOf = async (name: string) =>
  JSON.parse(await readFile(join(models, name, 'recipe.json'), 'utf8'));

/** Makes a folder that contains this recipe. */
export async function folderWith(recipe: object, folder?: string): Promise<string> {
  const directory = folder ?? (await scratchFolder());
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'recipe.json'), JSON.stringify(recipe));
  return directory;
}

/** Runs a command that must fail. Returns its exit code and message, which must not contain a stack trace. */
export async function refusal(...args: readonly string[]) {
  const { code, stdout, stderr } = await innerloop(args);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/\n\s+at /);
  const message = stderr.slice(stderr.indexOf('innerloop: '));
  return { code, message };
}

/** Each test of the file caches in a folder of its own. */
export function cacheApart(): void {
  const cacheHome = process.env.XDG_CACHE_HOME;
  beforeEach(async () => {
    process.env.XDG_CACHE_HOME = await scratchFolder();
  });
  afterEach(() => {
    process.env.XDG_CACHE_HOME = cacheHome ?? '';
  });
}
