import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { filesOfArchive } from '../../training/datasets/zip.ts';
import type { Random } from '../../training/random.ts';

/** Image files of some characters, several drawings of each. */
export interface DemoDrawings {
  readonly origin: string;
  readonly characters: readonly { readonly name: string; readonly files: readonly Uint8Array[] }[];
}

/** Folders of the data set: first the one that recipes use, then the one that tests use. */
const omniglotFolders = ['../../../data/omniglot', '../../../../shared/data/omniglot'].map(relativeToModule);
const glyphs = relativeToModule('../../../test/fixtures/glyphs');

/** Omniglot's test characters if the data set is there, else the glyphs of this repository. */
export async function demoDrawings(
  random: Random,
  ways: number,
  each: number,
  folders: readonly string[] = omniglotFolders,
): Promise<DemoDrawings> {
  const omniglot = folders.find((folder) => existsSync(folder));
  return omniglot === undefined
    ? glyphDrawings(random, ways)
    : omniglotDrawings(omniglot, random, ways, each);
}

function relativeToModule(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function omniglotDrawings(
  omniglot: string,
  random: Random,
  ways: number,
  each: number,
): Promise<DemoDrawings> {
  const split = (await readFile(`${omniglot}/splits/test.txt`, 'utf8')).trim().split('\n');
  const names = random.sample(split.length, ways).map((i) => split[i] as string);
  const archive = await filesOfArchive(`${omniglot}/images_evaluation.zip`);
  const characters = names.map(async (name) => {
    const all = archive.filter((file) => file.name.includes(`/${name}/`));
    const chosen = random.sample(all.length, Math.min(each, all.length));
    return { name, files: await Promise.all(chosen.map((i) => all[i]?.read() ?? Promise.reject(name))) };
  });
  return {
    origin: `Omniglot, ${ways} of its ${split.length} test characters, which are not in the training data`,
    characters: await Promise.all(characters),
  };
}

async function glyphDrawings(random: Random, ways: number): Promise<DemoDrawings> {
  const all = (await readdir(glyphs)).sort();
  const names = random.sample(all.length, Math.min(ways, all.length)).map((i) => all[i] as string);
  const characters = names.map(async (name) => {
    const files = (await readdir(`${glyphs}/${name}`)).sort();
    return { name, files: await Promise.all(files.map((file) => readFile(`${glyphs}/${name}/${file}`))) };
  });
  return {
    origin: `${names.length} invented glyphs of this repository, which are not in the training data`,
    characters: await Promise.all(characters),
  };
}
