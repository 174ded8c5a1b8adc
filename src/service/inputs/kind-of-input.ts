import type { ContentKind } from '../../domain/content.ts';
import { fileKindOf, isTextFile } from '../../domain/file-formats/format-of-file.ts';
import { numberOf } from '../../domain/rows/cells.ts';
import { startOfDataUrl } from './files.ts';
import { meaningOf } from './meaning.ts';
import type { RawInput } from './raw-input.ts';

/**
 * The kind of an input by itself, for `auto`: no package says how to read it. A string is a text unless it is a data URL, or
 * a file of a known kind in base64; an array of cells is a row, and nested arrays are numbers. Null if the input says too little.
 */
export function kindOfInput(raw: RawInput): ContentKind | null {
  if (raw.kind === 'text') return 'text';
  if (raw.kind === 'row') return isProse(raw.row) ? 'text' : 'row';
  if (raw.kind === 'file') return kindOfFile(raw.file);
  const { value } = raw;
  if (typeof value === 'string') {
    const start = startOfDataUrl(value);
    return start ? fileKindOf(start) : (kindOfBase64(value) ?? 'text');
  }
  if (Array.isArray(value))
    return value.some((each) => typeof each === 'object' && each !== null) ? 'tensor' : 'row';
  const meaning = meaningOf(value, 'tensor');
  if (meaning.kind === 'file') return fileKindOf(meaning.file);
  return meaning.kind === 'text' || meaning.kind === 'row' ? meaning.kind : 'tensor';
}

/** Characters of base64 that hold the first bytes of a file, in which `fileKindOf` looks. */
const START = /^[A-Za-z0-9+/]{24}/;
/** The smallest pictures and sounds are longer. */
const SHORTEST = 64;

function kindOfBase64(text: string): ContentKind | null {
  const [start] = text.length < SHORTEST ? [] : (START.exec(text) ?? []);
  return start === undefined ? null : fileKindOf(Buffer.from(start, 'base64'));
}

function kindOfFile(file: Uint8Array): ContentKind | null {
  return isTextFile(file) ? 'text' : fileKindOf(file);
}

/** Whether a row has one column, and in it words rather than a number or the name of a category. */
function isProse(row: unknown): boolean {
  const cells: unknown[] = Object.values(row ?? {});
  const [cell] = cells;
  return (
    cells.length === 1 && typeof cell === 'string' && numberOf(cell, '.') === null && /\S\s+\S/.test(cell)
  );
}
