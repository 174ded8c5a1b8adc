import type { ContentKind } from '../../domain/content.ts';
import { numberOf } from '../../domain/rows/cells.ts';
import { fileKindOf, isTextFile } from './file-kinds.ts';
import { startOfDataUrl } from './files.ts';
import { meaningOf } from './meaning.ts';
import type { RawInput } from './raw-input.ts';

/**
 * The kind of an input by itself, for `auto`: no package says how to read it. A string is a text unless it is a data URL; an
 * array of cells is a row, and nested arrays are numbers. Null if the input says too little.
 */
export function kindOfInput(raw: RawInput): ContentKind | null {
  if (raw.kind === 'text') return 'text';
  if (raw.kind === 'row') return isProse(raw.row) ? 'text' : 'row';
  if (raw.kind === 'file') return kindOfFile(raw.file);
  const { value } = raw;
  if (typeof value === 'string') {
    const start = startOfDataUrl(value);
    return start ? fileKindOf(start) : 'text';
  }
  if (Array.isArray(value))
    return value.some((each) => typeof each === 'object' && each !== null) ? 'tensor' : 'row';
  const meaning = meaningOf(value, 'tensor');
  if (meaning.kind === 'file') return fileKindOf(meaning.file);
  return meaning.kind === 'text' || meaning.kind === 'row' ? meaning.kind : 'tensor';
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
