import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import { reasonOf } from '../../package/files.ts';
import type { CliContext } from '../context.ts';
import type { Body } from './connection.ts';
import { bytesBody, fileBody, jsonBody } from './file-body.ts';
import { type FoundFile, filesBelow } from './folder.ts';
import { formBody } from './multipart.ts';
import { TABLES } from './sources.ts';

/** What bytes are: a picture or a sound, a text on each line, a table, lines of JSON, or an archive of files. */
export const INPUT_FORMATS = ['file', 'text', 'csv', 'ndjson', 'zip'] as const;
type Format = (typeof INPUT_FORMATS)[number];

/** Inputs of one call. */
export interface Batch {
  readonly body: Body;
  /** The name of input `i`; `filename` is the one that the server says. */
  names(i: number, filename: string | undefined): string;
}

/** One call takes fewer files and bytes than a server presets as its limits (1024, 256 MiB). */
const MAX_FILES = 512;
const MAX_BYTES = 128 * 2 ** 20;
/** Inputs of one call, in JSON. */
const MAX_INPUTS = 4096;

/** Texts from the command line. */
export function textInputs(texts: readonly string[]): Batch {
  if (texts.length > MAX_INPUTS) throw invalid(`Expected at most ${MAX_INPUTS} texts, got ${texts.length}`);
  const body = jsonBody({ inputs: texts.map((text) => ({ text })) });
  return { body, names: (i) => texts[i] ?? '' };
}

const MEDIA: Readonly<Record<'csv' | 'ndjson' | 'zip', string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  zip: 'application/zip',
};

/**
 * The inputs at paths: any number of files and folders, or one table, archive or `-`.
 * @throws InnerloopError `invalid_request`, `invalid_input`
 */
export async function inputsOf(
  paths: readonly string[],
  format: Format | undefined,
  { stdin }: Pick<CliContext, 'stdin'>,
): Promise<readonly Batch[]> {
  const [first = ''] = paths;
  if (paths.includes('-')) {
    requireAlone(paths, 'the standard input');
    return [ofBytes(await readAll(stdin), format)];
  }
  const many = paths.find((path) => batchFormat(path, format) !== null);
  if (many !== undefined) {
    requireAlone(paths, many);
    const type = batchFormat(first, format);
    if (type === null || type === 'text') throw invalid('Expected --format text with the standard input');
    return [{ body: await fileBody(first, MEDIA[type]), names: namesOf(type) }];
  }
  const files = await filesAt(paths);
  if (files.length === 0) throw new InnerloopError('invalid_input', `Expected files in ${first}, got none`);
  return batchesOf(files).map((some) => ({
    body: formBody(
      some.map(({ path, length }) => ({
        name: 'input',
        filename: basename(path),
        length,
        content: { path },
      })),
    ),
    names: (i) => some[i]?.path ?? '',
  }));
}

/** The format of a path that holds many inputs; null for one input. */
function batchFormat(path: string, format: Format | undefined): Exclude<Format, 'file'> | null {
  if (format !== undefined) return format === 'file' ? null : format;
  const ending = extname(path).toLowerCase();
  if (ending === '.zip') return 'zip';
  const type = TABLES[ending];
  return type === undefined ? null : type === MEDIA.csv ? 'csv' : 'ndjson';
}

const namesOf = (type: 'csv' | 'ndjson' | 'zip') => (i: number, filename: string | undefined) =>
  filename ?? `${type === 'csv' ? 'row' : 'line'} ${i + 1}`;

function ofBytes(bytes: Buffer, given: Format | undefined): Batch {
  const format =
    given ?? (startsAsZip(bytes) ? 'zip' : isUtf8(bytes) && !bytes.includes(0) ? 'text' : 'file');
  if (format === 'text')
    return textInputs(
      bytes
        .toString('utf8')
        .split(/\r?\n/)
        .filter((line) => line.trim() !== ''),
    );
  if (format === 'file') {
    const part = { name: 'input', filename: 'stdin', length: bytes.length, content: { bytes } };
    return { body: formBody([part]), names: () => '-' };
  }
  return { body: bytesBody(bytes, MEDIA[format]), names: namesOf(format) };
}

const startsAsZip = (bytes: Buffer) => bytes.toString('latin1', 0, 4) === 'PK\x03\x04';

async function filesAt(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    const entry = await stat(path).catch((cause: unknown) => {
      const hint = /\s/.test(path) ? '. If it is a text, use --text' : '';
      throw new InnerloopError('invalid_input', `Cannot read ${path}: ${reasonOf(cause)}${hint}`, { cause });
    });
    if (entry.isDirectory())
      found.push(...(await filesBelow(path)).map((each) => ({ ...each, path: join(path, each.name) })));
    else found.push({ name: path, path, length: entry.size });
  }
  return found;
}

function batchesOf(files: readonly FoundFile[]): readonly (readonly FoundFile[])[] {
  const batches: FoundFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = batches.at(-1);
    bytes += file.length;
    if (last && last.length < MAX_FILES && bytes <= MAX_BYTES) last.push(file);
    else {
      batches.push([file]);
      bytes = file.length;
    }
  }
  return batches;
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length > 0) return bytes;
  throw new InnerloopError('invalid_input', 'Expected inputs on the standard input, got nothing');
}

function requireAlone(paths: readonly string[], what: string): void {
  if (paths.length > 1)
    throw invalid(`Expected ${what} alone: it may hold many inputs; got ${paths.join(' ')}`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
