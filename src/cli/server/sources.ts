import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { endingsOf } from '../../domain/file-formats/format-of-file.ts';
import { pictureFormats, soundFormats } from '../../domain/file-formats/formats.ts';
import { InnerloopError } from '../../errors.ts';
import { reasonOf } from '../../package/files.ts';
import { archiveBody } from './archive.ts';
import type { Body } from './connection.ts';
import { fileBody } from './file-body.ts';
import { type FoundFile, filesBelow } from './folder.ts';
import { formBody } from './multipart.ts';

/** Labelled examples as a request body, and what they are called in an answer. */
export interface Examples {
  readonly body: Body;
  readonly noun: string;
  /** Whether the query must name the column to predict. */
  readonly isTable: boolean;
}

/** The media types of files that hold many examples. */
export const TABLES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/csv',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
};

/** Most files in one form, as the server presets. More are sent as an archive, which may have 10,000. */
const MAX_FORM_FILES = 1024;

/**
 * The examples in a folder with a subfolder for each label, in a zip archive of such a folder, or in a table.
 * @throws InnerloopError `invalid_input` for a folder without subfolders, or a file of another kind
 */
export async function examplesAt(path: string): Promise<Examples> {
  const entry = await stat(path).catch((cause: unknown) => {
    throw new InnerloopError('invalid_input', `Cannot read ${path}: ${reasonOf(cause)}`, { cause });
  });
  if (entry.isDirectory()) return examplesIn(path);
  const ending = extname(path).toLowerCase();
  if (ending === '.zip')
    return { body: await fileBody(path, 'application/zip'), noun: 'example', isTable: false };
  const type = TABLES[ending];
  if (type !== undefined)
    return { body: await fileBody(path, type), noun: type === 'text/csv' ? 'row' : 'example', isTable: true };
  const known = ['.zip', ...Object.keys(TABLES)].join(', ');
  throw new InnerloopError(
    'invalid_input',
    `Expected a folder with a subfolder for each label, or a file that ends with ${known}; got ${path}`,
  );
}

async function examplesIn(folder: string): Promise<Examples> {
  const files = await filesBelow(folder);
  const outside = files.find(({ name }) => !name.includes('/'));
  if (files.length === 0 || outside) {
    const got = outside ? `${outside.name} beside them` : 'no file';
    const message = `Expected files in subfolders of ${folder}, one subfolder for each label; got ${got}`;
    throw new InnerloopError('invalid_input', message);
  }
  const body =
    files.length > MAX_FORM_FILES
      ? archiveBody(files)
      : formBody(
          files.map(({ name, path, length }) => ({
            name: name.slice(0, name.lastIndexOf('/')),
            filename: basename(name),
            length,
            content: { path },
          })),
        );
  return { body, noun: nounOf(files), isTable: false };
}

const NOUNS: Readonly<Record<string, ReadonlySet<string>>> = {
  photo: endingsOf(pictureFormats),
  sound: endingsOf(soundFormats),
  text: new Set(['.txt', '.md']),
};

/** `photo` if all are, judged by their names. */
export function nounOf(files: readonly Pick<FoundFile, 'name'>[]): string {
  const all = Object.entries(NOUNS).find(([, endings]) =>
    files.every(({ name }) => endings.has(extname(name).toLowerCase())),
  );
  return all?.[0] ?? 'example';
}
