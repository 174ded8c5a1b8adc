import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../src/service/inputs/input-spec.ts';
import { type ElementTypeName, elementTypes } from '../../../src/service/inputs/numbers/element-types.ts';
import { decodeTensor, numbersOfBytes, numbersOfJson } from '../../../src/service/inputs/numbers/numbers.ts';

/** Finds an element type by its name in the protocol. */
const named = (name: string) => elementTypes[name.toLowerCase().replace(/^fp/, 'float') as ElementTypeName];
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const read = (name: string, bytes: Uint8Array, shape: number[]) =>
  Array.from(numbersOfBytes(bytes, named(name), shape));
const refused = (pointer: string, expected: RegExp, got: string) =>
  expect.objectContaining({
    code: 'invalid_input',
    details: { pointer, expected: expect.stringMatching(expected), got },
  });

describe('binary tensors', () => {
  const forms: [string, string, number[]][] = [
    ['BOOL', '01 00 01', [1, 0, 1]],
    ['UINT8', '00 7f ff', [0, 127, 255]],
    ['INT8', '80 ff 7f', [-128, -1, 127]],
    ['UINT16', '0100 ffff', [1, 65535]],
    ['INT16', '0080 ff7f', [-32768, 32767]],
    ['UINT32', '01000000 ffffffff', [1, 4294967296]],
    ['INT32', '00000080 ffffffff', [-2147483648, -1]],
    ['UINT64', '0100000000000000 ffffffff00000000', [1, 4294967296]],
    ['INT64', 'ffffffffffffffff 0100000000000000', [-1, 1]],
    ['FP16', '003c 00c0 ff7b', [1, -2, 65504]],
    ['FP32', '0000803f 000020c1 cdcccc3d', [1, -10, Math.fround(0.1)]],
    ['FP64', '000000000000f03f 9a9999999999b93f', [1, Math.fround(0.1)]],
  ];

  it.each(forms)('%s is little-endian: %s', (name, text, values) => {
    expect(read(name, hex(text), [values.length])).toEqual(values);
  });

  it.each(forms)('%s is read at any alignment', (name, text, values) => {
    for (let offset = 0; offset < 9; offset++) {
      const room = Buffer.alloc(offset + hex(text).length);
      hex(text).copy(room, offset);
      expect(read(name, room.subarray(offset), [values.length])).toEqual(values);
    }
  });

  it('have no other types', () => {
    expect(Object.keys(elementTypes)).toHaveLength(forms.length);
  });

  it('FP32 is not copied if it is aligned', () => {
    const bytes = new Uint8Array(16);
    const values = numbersOfBytes(bytes.subarray(4), named('FP32'), [3]);
    expect([values.buffer, values.byteOffset]).toEqual([bytes.buffer, 4]);
    expect(numbersOfBytes(bytes.subarray(1, 13), named('FP32'), [3]).buffer).not.toBe(bytes.buffer);
  });

  it('64-bit integers are exact up to 2^53, and refused beyond', () => {
    expect(read('UINT64', hex('ffffffffffff1f00'), [1])).toEqual([2 ** 53]);
    expect(read('INT64', hex('010000000000e0ff'), [1])).toEqual([-(2 ** 53)]);
    const beyond = () => read('UINT64', hex('0000000000000000 0000000000002000'), [2]);
    expect(beyond).toThrow(refused('/data', /from 0 to 9007199254740991/, '9007199254740992 at position 1'));
    expect(() => read('INT64', hex('ffffffffffffff7f'), [1])).toThrow(
      refused('/data', /from -9007199254740991/, '9223372036854775807 at position 0'),
    );
  });

  it.each([
    ['BOOL', '02', 'a byte', '2'],
    ['FP16', '007c', '16-bit', '31744'],
    ['FP32', '0000c07f', '32-bit', 'NaN'],
    ['FP64', '9c7500883ce4377e', '32-bit', '1e+300'],
  ])('%s %s is refused', (name, text, expected, got) => {
    expect(() => read(name, hex(text), [1])).toThrow(
      refused('/data', new RegExp(expected), `${got} at position 0`),
    );
  });

  it('must have the length of their shape', () => {
    expect(() => read('FP32', hex('0000803f 00'), [1])).toThrow(refused('/data', /^4 bytes/, '5 bytes'));
    expect(() => read('UINT16', hex(''), [1, 2])).toThrow(refused('/data', /^4 bytes \(2 × 2/, '0 bytes'));
  });
});

function nestedZeros([dim = 0, ...rest]: readonly number[]): unknown[] {
  return Array.from({ length: dim }, () => (rest.length === 0 ? 0 : nestedZeros(rest)));
}

describe('JSON tensors', () => {
  const fromJson = (name: string, data: unknown[], shape: number[]) =>
    Array.from(numbersOfJson(data, named(name), shape));

  it('are nested or flat', () => {
    const rows = fc.array(fc.tuple(fc.tuple(fc.integer(), fc.integer())), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, (nested) => {
        const shape = [nested.length, 1, 2];
        expect(fromJson('INT32', nested, shape)).toEqual(fromJson('INT32', nested.flat(2), shape));
      }),
    );
  });

  it.each<[string, string, unknown[], number[], string, RegExp]>([
    ['too few', 'FP32', [1, 2, 3], [2, 2], '/data', /4 elements/],
    ['too many', 'FP32', [1, 2, 3], [1, 2], '/data', /2 elements/],
    ['ragged', 'FP32', [[1], [2, 3, 4]], [2, 2], '/data/0', /an array of 2/],
    ['too shallow', 'FP32', [[1, 2], 3], [2, 2], '/data/1', /an array of 2/],
    ['too deep', 'FP32', [[[1], 2]], [1, 2], '/data/0/0', /finite/],
    ['deep for scalars', 'FP32', [[1], [2]], [2], '/data/0', /finite/],
    ['null', 'FP32', [null], [1], '/data/0', /finite/],
    ['a numeral', 'FP64', ['1'], [1], '/data/0', /finite/],
    ['beyond float32', 'FP64', [1e300], [1], '/data/0', /finite/],
    ['beyond a byte', 'UINT8', [0, 256], [2], '/data/1', /from 0 to 255/],
    ['negative', 'UINT32', [-1], [1], '/data/0', /from 0/],
    ['a fraction', 'INT16', [0.5], [1], '/data/0', /integer/],
    ['a number for a truth', 'BOOL', [1], [1], '/data/0', /true or false/],
    ['a truth for a number', 'INT8', [true], [1], '/data/0', /integer/],
    ['beyond 2^53', 'INT64', [2 ** 53], [1], '/data/0', /integer/],
    ['half precision', 'FP16', [1], [1], '/data', /binary form/],
  ])('%s are refused', (_what, name, data, shape, pointer, expected) => {
    expect(() => fromJson(name, data, shape)).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ pointer, expected: expect.stringMatching(expected) }),
      }),
    );
  });

  it('are refused at the place of the wrong part', () => {
    const [size, depth] = [fc.integer({ min: 1, max: 3 }), fc.nat(4)];
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 2, maxLength: 4 }),
        depth,
        fc.array(fc.nat(2)),
        (shape, d, at) => {
          const place = shape.slice(0, 2 + (d % (shape.length - 1))).map((dim, i) => (at[i] ?? 0) % dim);
          const data = nestedZeros(shape);
          const parent = place.slice(0, -1).reduce((part, i) => part[i] as unknown[], data);
          parent[place.at(-1) as number] = 'none';
          expect(() => fromJson('FP32', data, shape)).toThrow(
            expect.objectContaining({
              details: expect.objectContaining({ pointer: `/data/${place.join('/')}` }),
            }),
          );
        },
      ),
      { seed: 1 },
    );
  });

  it('true is 1', () => {
    expect(fromJson('BOOL', [true, false], [2])).toEqual([1, 0]);
  });
});

describe('tensors for a package of pictures', () => {
  const spec: InputSpec = {
    shape: [1, 1, 2],
    reads: 'image',
    preprocessing: { kind: 'image', width: 2, height: 1, channels: 1, invert: true, resize: 'nearest' },
  };
  const shape = [2, 1, 1, 2];
  const names = Object.keys(elementTypes) as ElementTypeName[];
  const bytesOf = (name: ElementTypeName, values: number[]) => {
    const isBig = name.endsWith('int64');
    const { Elements } = elementTypes[name];
    const buffer = new ArrayBuffer(Elements.BYTES_PER_ELEMENT * values.length);
    const elements: { [at: number]: number | bigint } = new Elements(buffer, 0, values.length);
    values.forEach((value, i) => {
      elements[i] = isBig ? BigInt(value) : value;
    });
    return new Uint8Array(buffer);
  };

  it('of uint8 are divided by 255, in both forms', () => {
    const expected = [0, 0.2, 0.4, 1].map(Math.fround);
    for (const values of [[0, 51, 102, 255], Uint8Array.of(0, 51, 102, 255)]) {
      expect([...decodeTensor({ type: 'uint8', shape, values }, spec).data]).toEqual(expected);
    }
  });

  it.each(names.filter((name) => !['uint8', 'bool', 'float16'].includes(name)))(
    'of %s must lie between 0 and 1',
    (type) => {
      expect([...decodeTensor({ type, shape, values: [0, 1, 1, 0] }, spec).data]).toEqual([0, 1, 1, 0]);
      expect(() => decodeTensor({ type, shape, values: [0, 1, 100, 0] }, spec)).toThrow(
        refused('/data/2', /from 0 to 1/, '100'),
      );
      expect(() => decodeTensor({ type, shape, values: [[[[0, 1]]], [[[0, 100]]]] }, spec)).toThrow(
        refused('/data/1/0/0/1', /from 0 to 1/, '100'),
      );
      expect(() => decodeTensor({ type, shape, values: bytesOf(type, [0, 1, 0, 100]) }, spec)).toThrow(
        refused('/data', /from 0 to 1/, '100 at position 3'),
      );
    },
  );

  it('of half precision must be from 0 to 1', () => {
    const values = hex('003c 0000 003c 0040');
    expect(() => decodeTensor({ type: 'float16', shape, values }, spec)).toThrow(
      refused('/data', /from 0 to 1/, '2 at position 3'),
    );
  });
});
