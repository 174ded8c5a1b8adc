import type { Static } from 'typebox';
import { type Cell, isCell } from '../../domain/rows/row.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import { type ElementType, elementTypes } from '../../service/inputs/numbers/element-types.ts';
import { decodeUtf8 } from '../bodies/utf8.ts';
import type { InferenceInput } from '../schemas/inference.ts';
import { splitByteStrings } from './binary-framing.ts';
import { BYTES, elementTypeOf } from './datatypes.ts';
import { refuse } from './errors.ts';

type Input = Static<typeof InferenceInput>;

/**
 * The cells of one column, from JSON or from bytes. NaN, and null in JSON, mean that there is no value: the protocol has no
 * other way to say it.
 * @throws InnerloopError `invalid_input`
 */
export function cellsOf(input: Input, bytes: Buffer | null, count: number, pointer: string): Cell[] {
  const { datatype } = input;
  if (datatype !== BYTES) elementTypeOf(datatype, pointer);
  if (bytes === null) return jsonCells(input, count, pointer);
  if (datatype === BYTES)
    return splitByteStrings(bytes, count, pointer).map((each, row) =>
      decodeUtf8(each, `element ${row} of ${pointer}`),
    );
  return binaryCells(datatype, bytes, count, pointer);
}

/** JSON type of the elements of each datatype. */
const jsonTypes: Readonly<Record<string, string>> = { BYTES: 'string', BOOL: 'boolean' };

function jsonCells({ datatype, data = [] }: Input, count: number, pointer: string): Cell[] {
  const values = data.flat();
  if (values.length !== count)
    throw refuse(`${pointer}/data`, `${count} elements (from the shape)`, `${values.length}`);
  const type = jsonTypes[datatype] ?? 'number';
  return values.map((value, row) => {
    if (value === null || (typeof value === type && isCell(value))) return value;
    throw refuse(`${pointer}/data/${row}`, `a ${type} for ${datatype}`, describe(value));
  });
}

function binaryCells(datatype: string, bytes: Buffer, count: number, pointer: string): Cell[] {
  const name = elementTypeOf(datatype, pointer);
  const { Elements, fromElement, wanted }: ElementType = elementTypes[name];
  const width = Elements.BYTES_PER_ELEMENT;
  if (bytes.length !== count * width)
    throw refuse(pointer, `${count * width} bytes (${count} × ${width})`, `${bytes.length}`);
  const aligned = Uint8Array.from(bytes);
  const elements = new Elements(aligned.buffer, 0, count);
  return Array.from({ length: count }, (_, row) => {
    const element = elements[row] as number | bigint;
    if (Number.isNaN(element)) return null;
    const value = fromElement ? fromElement(element) : Number(element);
    if (name === 'float16' && isHalfNaN(element)) return null;
    if (!Number.isFinite(value)) throw refuse(`${pointer}/data/${row}`, wanted, String(element));
    return name === 'bool' ? value === 1 : value;
  });
}

const isHalfNaN = (half: number | bigint) => (Number(half) & 0x7fff) > 0x7c00;
