import { extname } from 'node:path';
import { type Content, type ContentKind, kindNames, textContent } from '../../domain/content.ts';
import { endingsOf, fileKindOf, formatOfFile, isTextFile } from '../../domain/file-formats/format-of-file.ts';
import { otherFormats, pictureFormats, soundFormats } from '../../domain/file-formats/formats.ts';
import { CELL, type ColumnName, columnNamesOf, isCell, pointerOf, type Row } from '../../domain/rows/row.ts';
import { tensorContent } from '../../domain/tensor-content.ts';
import { InnerloopError } from '../../errors.ts';
import type { InputSpec } from './input-spec.ts';
import { describe, invalidInput } from './invalid-input.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { decodeNested, decodePacked } from './numbers/numbers.ts';
import type { RawInput } from './raw-input.ts';

/**
 * Reads one input of a request for a package, in any form that HTTP allows. Pictures and sounds stay files, which may be
 * broken. Nothing is repaired.
 * @throws InnerloopError `invalid_input`, also for a kind that the package does not read
 */
export function contentOf(raw: RawInput, spec: InputSpec): Content {
  const meaning = raw.kind === 'json' ? meaningOf(raw.value, spec.reads) : raw;
  const content = readers[spec.reads](meaning, spec);
  if (content) return content;
  throw wrongKind(describeMeaning(meaning), spec);
}

/** Reads an input for a package of this kind. Null if the input is of another kind. */
type Reader = (meaning: Meaning, spec: InputSpec) => Content | null;

const readers: Readonly<Record<ContentKind, Reader>> = {
  text(meaning) {
    const text = textOf(meaning);
    return text === null ? null : textContent(text);
  },
  image: (meaning, spec) => readFile('image', meaning) ?? readTensor(meaning, spec),
  audio: (meaning) => readFile('audio', meaning),
  row: (meaning) => (meaning.kind === 'row' ? readRow(meaning.row) : null),
  tensor: readTensor,
};

/** A text file, and a row of one text (a table with one column), are texts, too. */
function textOf(meaning: Meaning): string | null {
  if (meaning.kind === 'text') return meaning.text;
  if (meaning.kind === 'row') {
    const cells: unknown[] = Object.values(meaning.row ?? {});
    return cells.length === 1 && typeof cells[0] === 'string' ? cells[0] : null;
  }
  return meaning.kind === 'file' && isTextFile(meaning.file) ? Buffer.from(meaning.file).toString() : null;
}

function readFile(kind: 'image' | 'audio', meaning: Meaning): Content | null {
  if (meaning.kind !== 'file') return null;
  const shown = fileKindOf(meaning.file);
  return shown === null || shown === kind ? { kind, bytes: meaning.file } : null;
}

function readTensor(meaning: Meaning, spec: InputSpec): Content | null {
  if (meaning.kind === 'nested') return tensorContent(decodeNested(meaning.value, spec));
  if (meaning.kind === 'packed') return tensorContent(decodePacked(meaning.value, spec));
  return null;
}

/** Equal rows have equal bytes: the columns of an object are in the order of their names. */
function readRow(row: unknown): Content {
  if (typeof row !== 'object' || row === null) throw invalidInput('', 'an object or an array', describe(row));
  const names = columnNamesOf(row as Row);
  const cells = names.map((name) => [name, (row as Record<ColumnName, unknown>)[name]] as const);
  const wrong = cells.find(([, cell]) => !isCell(cell));
  if (wrong) throw invalidInput(pointerOf(wrong[0]), CELL, describe(wrong[1]));
  const json = JSON.stringify(Array.isArray(row) ? row : Object.fromEntries(cells));
  return { kind: 'row', bytes: Buffer.from(json) };
}

/** A name of a file; with spaces only in a path. */
const NAME = /^([^\s<>]+|[^\n<>]*[\\/][^\n<>]*)\.\w+$/;
const ENDINGS = new Set(['.csv', ...endingsOf([...pictureFormats, ...soundFormats, ...otherFormats])]);

/** Whether a text is a path such as `photos/1.jpg`, which was probably meant to be the content of that file. */
export const isFileName = (text: string): boolean =>
  text.length <= 256 && ENDINGS.has(extname(text).toLowerCase()) && NAME.test(text);

const FILE_NAME = 'text that names a file (curl sends the file itself with @: -F label=@photo.jpg)';

/** Most names in one error. */
const MAX_NAMES = 4;

interface Described {
  readonly kind: ContentKind | null;
  readonly name: string;
}

function describeMeaning(meaning: Meaning): Described {
  if (meaning.kind === 'text') return { kind: 'text', name: isFileName(meaning.text) ? FILE_NAME : 'text' };
  if (meaning.kind === 'row') return { kind: 'row', name: 'a row of a table' };
  if (meaning.kind !== 'file') return { kind: 'tensor', name: 'numbers' };
  const kind = fileKindOf(meaning.file);
  if (kind !== null) return { kind, name: kind === 'image' ? 'a picture' : 'a sound' };
  return { kind, name: isTextFile(meaning.file) ? 'a file' : (formatOfFile(meaning.file)?.name ?? 'a file') };
}

/** Error for an input of a kind that the package does not read. It names the packages that do. */
function wrongKind({ kind, name }: Described, { reads, shape, readers: others = {} }: InputSpec) {
  const expected = reads === 'tensor' ? `numbers of shape [${shape.join(', ')}]` : kindNames[reads];
  const names = (kind && others[kind]) ?? [];
  const isFile = reads === 'image' || reads === 'audio';
  const advice =
    isFile && kind === 'row'
      ? ' (a file in JSON is a text in base64, or {"file": "<base64>"})'
      : kind && names.length > 0
        ? ` (packages that read ${kindNames[kind]}: ${names.slice(0, MAX_NAMES).join(', ')})`
        : '';
  const message = `This package reads ${expected}; got ${name}${advice}`;
  return new InnerloopError('invalid_input', message, { pointer: '', expected, got: name });
}
