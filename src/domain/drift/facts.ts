import type { Content } from '../content.ts';
import { formatAmong } from '../file-formats/format-of-file.ts';
import { pictureFormats } from '../file-formats/formats.ts';
import { pictureSize } from '../file-formats/picture-size.ts';
import { isMissing } from '../rows/cells.ts';
import { nothingIn, type Warning } from '../warning.ts';
import { languageOf } from './language.ts';

/** Plain properties of an input, by name: amounts, and kinds as words. They describe the input without its content. */
export type Facts = Readonly<Record<string, number | string>>;

/** Facts of a content as the caller sent it. */
export function factsOf({ kind, bytes }: Content, warnings: readonly Warning[]): Facts {
  return { ...readers[kind](bytes), blank: nothingIn(warnings) ? 'blank' : 'not blank' };
}

const readers: Readonly<Record<Content['kind'], (bytes: Uint8Array) => Facts>> = {
  text(bytes) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    return { characters: text.length, language: languageOf(text) };
  },
  row(bytes) {
    const row: object = JSON.parse(Buffer.from(bytes).toString());
    const cells: unknown[] = Object.values(row);
    return { missingCells: cells.filter((cell) => isMissing(cell as null)).length };
  },
  image(bytes) {
    const format = formatAmong(pictureFormats, bytes);
    const size = format && pictureSize(bytes, format.id);
    return { bytes: bytes.length, ...(size && { pixels: size.width * size.height }) };
  },
  audio: (bytes) => ({ bytes: bytes.length }),
  tensor: () => ({}),
};

/** Facts of numbers as a program reads them. */
export function rangeOf(values: Float32Array): Facts {
  let [lowest, highest, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    sum += value;
  }
  return values.length === 0 ? {} : { lowest, highest, mean: sum / values.length };
}
