import { ByteBuffer } from 'flatbuffers';
import { InnerloopError } from '../../errors.ts';
import { printable } from '../../graph/import/refusal.ts';

/**
 * A table of a FlatBuffer. `flatbuffers` reads zeros beyond the end of a file, so each place is checked here first. A field
 * is its number in the schema; an absent one has the schema's default.
 */
export interface Table {
  table(field: number): Table | undefined;
  tables(field: number): readonly Table[];
  int(field: number, absent?: number): number;
  byte(field: number, absent?: number): number;
  ints(field: number): readonly number[];
  longs(field: number): readonly number[];
  floats(field: number): readonly number[];
  /** The number of elements of a list of floats, without reading them. */
  floatCount(field: number): number;
  /** A view; not copied. */
  bytes(field: number): Uint8Array;
  text(field: number): string;
}

/** Maximum elements of each kind of list: a file could refer to one long list a thousand times. MobileNetV2 has 180 tensors. */
const MAX_TABLES = 10_000;
const MAX_INTS = 64;
const MAX_TEXT = 1024;
const MAX_SCALES = 100_000;

/** The root table of a file. @throws InnerloopError `invalid_package` when the file is not what its parts say */
export function rootTable(file: Uint8Array, identifier: string): Table {
  const got = Buffer.from(file.subarray(4, 8)).toString('latin1');
  if (got !== identifier)
    throw invalidTflite(`expected the identifier ${identifier}, got ${JSON.stringify(got)}`);
  const buffer = new ByteBuffer(file);

  /** @throws InnerloopError unless `length` bytes at `at` are in the file */
  function within(at: number, length: number): number {
    if (at < 0 || at + length > file.length) {
      throw invalidTflite(`expected ${length} bytes at ${at}, got a file of ${file.length}`);
    }
    return at;
  }
  const uint32 = (at: number) => buffer.readUint32(within(at, 4));
  /** The place that the offset at `at` refers to. */
  const referred = (at: number) => at + uint32(at);

  function table(at: number): Table {
    const layout = at - buffer.readInt32(within(at, 4));
    const layoutBytes = buffer.readUint16(within(layout, 4));
    within(layout, layoutBytes);
    /** The place of a field's value; 0 when it is absent. */
    const place = (field: number) => {
      const entry = 4 + 2 * field;
      const offset = entry + 2 <= layoutBytes ? buffer.readUint16(layout + entry) : 0;
      return offset === 0 ? 0 : at + offset;
    };
    const vector = (field: number, width: number, most: number) => {
      const from = place(field);
      if (from === 0) return { start: 0, length: 0 };
      const start = referred(from) + 4;
      const length = uint32(start - 4);
      if (length > most) throw invalidTflite(`expected at most ${most} elements at ${start}, got ${length}`);
      within(start, length * width);
      return { start, length };
    };
    const list = <T>(field: number, width: number, most: number, read: (at: number) => T): T[] => {
      const { start, length } = vector(field, width, most);
      return Array.from({ length }, (_, i) => read(start + i * width));
    };
    const bytes = (field: number, most = file.length) => {
      const { start, length } = vector(field, 1, most);
      return file.subarray(start, start + length);
    };
    return {
      table: (field) => (place(field) === 0 ? undefined : table(referred(place(field)))),
      tables: (field) => list(field, 4, MAX_TABLES, (entry) => table(referred(entry))),
      int: (field, absent = 0) => (place(field) === 0 ? absent : buffer.readInt32(within(place(field), 4))),
      byte: (field, absent = 0) => (place(field) === 0 ? absent : buffer.readInt8(within(place(field), 1))),
      ints: (field) => list(field, 4, MAX_INTS, (entry) => buffer.readInt32(entry)),
      longs: (field) => list(field, 8, MAX_SCALES, (entry) => Number(buffer.readInt64(entry))),
      floats: (field) => list(field, 4, MAX_SCALES, (entry) => buffer.readFloat32(entry)),
      floatCount: (field) => vector(field, 4, MAX_SCALES).length,
      bytes: (field) => bytes(field),
      text: (field) => Buffer.from(bytes(field, MAX_TEXT)).toString('utf8'),
    };
  }

  return table(uint32(0));
}

export function invalidTflite(message: string): InnerloopError {
  return new InnerloopError('invalid_package', `tflite model: ${printable(message)}`);
}
