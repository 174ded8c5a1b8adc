import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { endingsOf } from '../../../domain/file-formats/format-of-file.ts';
import { pictureFormats } from '../../../domain/file-formats/formats.ts';
import { InnerloopError } from '../../../errors.ts';
import { isSystemFile } from '../../../files/system-files.ts';
import type { PictureClass, PictureFile } from './pictures.ts';

/** An image file, with its size and time, which change when the file changes. */
export interface ImageFile extends PictureFile {
  readonly size: number;
  readonly modifiedMs: number;
}

export interface ImageClass extends PictureClass {
  readonly files: readonly ImageFile[];
}

const ENDINGS = endingsOf(pictureFormats);

/**
 * The classes of a folder, ordered by name. Every subfolder that contains images is a class. The name of the class is
 * the path of the subfolder: `<class>/*.png`, or `<group>/<class>/*.png`. Files of the operating system, hidden ones and
 * other extensions are ignored. Links are followed; a folder that is reached twice counts once.
 *
 * @throws InnerloopError `invalid_recipe` when the folder cannot be read or has no folder with images in it.
 */
export async function classesOfFolder(path: string): Promise<readonly ImageClass[]> {
  const visited = new Set<string>();
  const classes: ImageClass[] = [];
  let imagesOutsideClasses = 0;
  const others = new Set<string>();

  async function visit(name: string): Promise<void> {
    const folder = join(path, name);
    const real = await realpath(folder);
    if (visited.has(real)) return;
    visited.add(real);
    const entries = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => !isSystemFile(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const found = await Promise.all(entries.map((entry) => entryOf(folder, entry)));
    const files = found.filter((each) => each !== 'folder' && each !== null);
    for (const [i, { name: entry }] of entries.entries()) if (found[i] === null) others.add(extname(entry));
    if (name === '') imagesOutsideClasses = files.length;
    else if (files.length > 0) classes.push({ name, files });
    for (const [i, { name: inner }] of entries.entries()) {
      if (found[i] === 'folder') await visit(name === '' ? inner : `${name}/${inner}`);
    }
  }

  const root = await stat(path).catch(() => null);
  if (!root?.isDirectory()) throw invalid(path, 'a folder of images', root ? 'a file' : 'nothing');
  await visit('').catch((cause: unknown) => {
    throw invalid(path, 'a folder that can be read', messageOf(cause), cause);
  });
  if (classes.length > 0) return classes.sort((a, b) => (a.name < b.name ? -1 : 1));
  const types = [...others].filter((each) => each !== '').join(', ');
  const none = types === '' ? 'no image' : `no image, only files of other types: ${types}`;
  const got =
    imagesOutsideClasses === 0 ? none : `${imagesOutsideClasses} images that are in no class folder`;
  throw invalid(path, 'a folder for each class with PNG, JPEG or WebP files in it', got);
}

async function entryOf(folder: string, entry: Dirent): Promise<ImageFile | 'folder' | null> {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return 'folder';
  const isImage = ENDINGS.has(extname(entry.name).toLowerCase());
  if (!isImage && !entry.isSymbolicLink()) return null;
  // `stat` follows links. A broken link is an error only if its name is that of an image file.
  const found = await stat(path).catch((cause: unknown) => {
    if (isImage) throw cause;
    return null;
  });
  if (found?.isDirectory()) return 'folder';
  if (!isImage || !found?.isFile()) return null;
  return { name: path, size: found.size, modifiedMs: found.mtimeMs, read: () => readFile(path) };
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

function invalid(path: string, expected: string, got: string, cause?: unknown): InnerloopError {
  return new InnerloopError('invalid_recipe', `Expected ${expected} at ${path}, got ${got}`, {
    pointer: '/dataset/path',
    expected,
    got,
    ...(cause === undefined ? {} : { cause }),
  });
}
