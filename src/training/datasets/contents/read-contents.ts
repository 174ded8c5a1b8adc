import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Content, textContent } from '../../../domain/content.ts';
import { endingsOf } from '../../../domain/file-formats/format-of-file.ts';
import { pictureFormats, soundFormats } from '../../../domain/file-formats/formats.ts';
import { tensorContent } from '../../../domain/tensor-content.ts';
import { InnerloopError } from '../../../errors.ts';
import { readCsv } from '../../../files/csv.ts';
import { readNdjson } from '../../../files/ndjson.ts';
import { filesOfZip } from '../../../files/zip.ts';
import type { Preparation } from '../../../package/encoder/preparation.ts';
import { reasonOf } from '../../../package/files.ts';
import { filesOfFolder } from './files-of-folder.ts';

/** Kinds of content that encoders read. */
export type ContentKind = Preparation['kind'];

/** One example of a data set, read on request. */
export interface LabelledContent {
  readonly label: string;
  /** Where it is, for errors. */
  readonly place: string;
  read(): Promise<Content>;
}

/** Files of one example each. Numbers have none. */
const EXTENSIONS: Readonly<Record<ContentKind, ReadonlySet<string>>> = {
  image: endingsOf(pictureFormats),
  audio: endingsOf(soundFormats),
  text: new Set(['.txt']),
  tensor: new Set(),
};
/** Data sets for training may be larger than requests. */
const LIMITS = { entries: 200_000, totalBytes: 2 ** 33 };
const TABLE = { rows: 1_000_000, columns: 1_000, cells: 10_000_000, rowCharacters: 2 ** 20 };
const LABELS = ['label', 'class', 'intent', 'category', 'target'];
const TEXTS = ['text', 'input', 'sentence', 'utterance', 'content'];
/** The shortest path of a folder that is a class: files at the top have no class. */
const FOLDER_PER_CLASS = 1;
const VALUES = ['values', 'input', 'window', 'vector', 'x'];

/**
 * The examples of a data set, ordered by label and place:
 *
 * - a folder, or a zip archive, with one folder of files per class
 * - texts as `.csv`, `.tsv` or `.jsonl`: members or columns `label` and `text`. A `.tsv` without a header has the label first.
 * - numbers as `.jsonl`: members `label` and `values`, an array, which may be nested; or as `.csv`: `label` and columns of numbers
 *
 * @throws InnerloopError `invalid_recipe`
 */
export const readContents = (path: string, kind: ContentKind): Promise<readonly LabelledContent[]> =>
  readSorted(path, kind, FOLDER_PER_CLASS);

/**
 * The examples of a data set that needs no labels: of a folder or a zip archive all files in any folders, else as
 * `readContents`.
 * @throws InnerloopError `invalid_recipe`
 */
export const readUnlabelled = (path: string, kind: ContentKind): Promise<readonly LabelledContent[]> =>
  readSorted(path, kind, 0);

async function readSorted(
  path: string,
  kind: ContentKind,
  minFolderLength: number,
): Promise<readonly LabelledContent[]> {
  const found = await contentsAt(path, kind, minFolderLength).catch((cause: unknown) => {
    if (cause instanceof InnerloopError && cause.code === 'invalid_recipe') throw cause;
    throw invalid(path, `a data set that can be read`, reasonOf(cause), cause);
  });
  const where = minFolderLength > 0 ? ' in a folder per class, or a table of texts' : '';
  if (found.length === 0) throw invalid(path, `${kind} examples${where}`, 'none');
  const key = ({ label, place }: LabelledContent) => `${label}\n${place}`;
  return found.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function contentsAt(
  path: string,
  kind: ContentKind,
  minFolderLength: number,
): Promise<readonly LabelledContent[]> {
  const filesIn = (files: readonly NamedFile[]) => fromFiles(files, kind, minFolderLength);
  if ((await stat(path)).isDirectory()) return filesIn(await filesOfFolder(path));
  const extension = extname(path).toLowerCase();
  if (extension === '.zip') return filesIn(await filesOfZip(await readFile(path), LIMITS));
  if (kind === 'tensor') return numbersAt(path, extension);
  if (kind !== 'text') throw invalid(path, 'a folder or a .zip with a folder per class', extension);
  if (extension === '.jsonl' || extension === '.ndjson')
    return readNdjson(await readFile(path), { lines: TABLE.rows }).map(({ value, line }) =>
      textOf(value as Readonly<Record<string, unknown>>, `${path}:${line}`),
    );
  if (extension === '.tsv') return fromTsv(await readFile(path, 'utf8'), path);
  if (extension === '.csv') return fromTable(await readCsv(await readFile(path), TABLE), path);
  throw invalid(path, 'a folder, .zip, .csv, .tsv or .jsonl', extension);
}

interface NamedFile {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/** The class of a file is the path of its folder. Files of other types, and with shorter paths, are left out. */
function fromFiles(
  files: readonly NamedFile[],
  kind: ContentKind,
  minFolderLength: number,
): readonly LabelledContent[] {
  return files.flatMap(({ name, read }) => {
    const cut = Math.max(0, name.lastIndexOf('/'));
    if (cut < minFolderLength || !EXTENSIONS[kind].has(extname(name).toLowerCase())) return [];
    return [{ label: name.slice(0, cut), place: name, read: async () => ({ kind, bytes: await read() }) }];
  });
}

function fromTsv(text: string, path: string): readonly LabelledContent[] {
  const lines = text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [{ line, at: i + 1 }]));
  const [first] = lines;
  const header = first?.line.trim().toLowerCase().split('\t') ?? [];
  const named = header.includes('label') && header.includes('text');
  const [labelAt, textAt] = named ? [header.indexOf('label'), header.indexOf('text')] : [0, 1];
  return (named ? lines.slice(1) : lines).map(({ line, at }) => {
    const cells = line.replace(/\r$/, '').split('\t');
    return textOf({ label: cells[labelAt], text: cells[textAt] }, `${path}:${at}`);
  });
}

function fromTable({ columns, rows }: Awaited<ReturnType<typeof readCsv>>, path: string) {
  const at = (names: readonly string[], what: string) => {
    const place = columns.findIndex((column) => names.includes(column.toLowerCase()));
    if (place >= 0) return place;
    throw invalid(path, `a column ${what}`, columns.join(', '));
  };
  const [label, text] = [at(LABELS, 'label'), at(TEXTS, 'text')];
  return rows.map(({ cells, line }) => textOf({ label: cells[label], text: cells[text] }, `${path}:${line}`));
}

async function numbersAt(path: string, extension: string): Promise<readonly LabelledContent[]> {
  if (extension === '.jsonl' || extension === '.ndjson')
    return readNdjson(await readFile(path), { lines: TABLE.rows }).map(({ value, line }) => {
      const members = value as Readonly<Record<string, unknown>>;
      return numbersOf(pick(members, LABELS), pick(members, VALUES), `${path}:${line}`);
    });
  if (extension !== '.csv') throw invalid(path, 'a .jsonl or .csv of numbers', extension);
  const { columns, rows } = await readCsv(await readFile(path), TABLE);
  const label = columns.findIndex((column) => LABELS.includes(column.toLowerCase()));
  if (label < 0) throw invalid(path, 'a column label', columns.join(', '));
  return rows.map(({ cells, line }) => {
    const values = cells
      .filter((_, i) => i !== label)
      .map((cell) => (cell === '' ? Number.NaN : Number(cell)));
    return numbersOf(cells[label], values, `${path}:${line}`);
  });
}

function numbersOf(label: unknown, values: unknown, place: string): LabelledContent {
  const numbers: readonly unknown[] = Array.isArray(values) ? values.flat(Number.POSITIVE_INFINITY) : [];
  const isNumbers = numbers.length > 0 && numbers.every(Number.isFinite);
  if (label === undefined || !isNumbers)
    throw invalid(
      place,
      'a label and values that are numbers',
      JSON.stringify({ label, values }).slice(0, 80),
    );
  const data = Float32Array.from(numbers as readonly number[]);
  return { label: String(label), place, read: async () => tensorContent({ shape: [data.length], data }) };
}

function pick(value: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  return names.map((name) => value[name]).find((each) => each !== undefined);
}

function textOf(value: Readonly<Record<string, unknown>>, place: string): LabelledContent {
  const [label, text] = [pick(value, LABELS), pick(value, TEXTS)];
  if (label !== undefined && typeof text === 'string')
    return { label: String(label), place, read: async () => textContent(text) };
  throw invalid(place, 'members label and text', JSON.stringify(value).slice(0, 80));
}

function invalid(path: string, expected: string, got: string, cause?: unknown): InnerloopError {
  return new InnerloopError('invalid_recipe', `Expected ${expected} at ${path}, got ${got}`, {
    pointer: '/dataset/paths',
    expected,
    got,
    ...(cause === undefined ? {} : { cause }),
  });
}
