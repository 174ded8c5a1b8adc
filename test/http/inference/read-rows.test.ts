import { describe, expect, it } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { binaryParts } from '../../../src/http/inference/binary-part.ts';
import { describeColumns, readRows } from '../../../src/http/inference/read-rows.ts';

const columns = [
  { name: 'age', kind: 'number' },
  { name: 'city', kind: 'category' },
  { name: 'member', kind: 'category' },
] as const;
const input = (name: string, datatype: string, data?: unknown[], shape = [2], size?: number) => ({
  name,
  datatype,
  shape,
  ...(data && { data }),
  ...(size !== undefined && { parameters: { binary_data_size: size } }),
});
const age = input('age', 'FP32', [3, null]);
const city = input('city', 'BYTES', ['Bern', '']);
const member = input('member', 'BOOL', [true, false]);
const read = (
  inputs: ReturnType<typeof input>[],
  bytes: Buffer = Buffer.alloc(0),
  table: Parameters<typeof readRows>[2] = columns,
) => readRows(inputs, binaryParts(inputs, bytes), table).map((each) => 'row' in each && each.row);
const refusalOf = (inputs: ReturnType<typeof input>[], bytes?: Buffer) => {
  try {
    read(inputs, bytes);
  } catch (error) {
    if (error instanceof InnerloopError) return error.message;
  }
  throw new Error('Expected a refusal');
};

it('describes a column of numbers as FP32 and other columns as BYTES', () => {
  expect(describeColumns(columns)).toEqual([
    { name: 'age', datatype: 'FP32', shape: [-1] },
    { name: 'city', datatype: 'BYTES', shape: [-1] },
    { name: 'member', datatype: 'BYTES', shape: [-1] },
  ]);
});

describe('rows of a table', () => {
  const rows = [
    { age: 3, city: 'Bern', member: true },
    { age: null, city: '', member: false },
  ];

  it('are read from columns in any order, of shape [N] or [N, 1]', () => {
    expect(read([age, city, member])).toEqual(rows);
    expect(read([member, { ...age, shape: [2, 1], data: [[3], [null]] }, city])).toEqual(rows);
  });

  it('are read from bytes, where NaN is no value', () => {
    const text = (each: string) =>
      Buffer.concat([Buffer.from(Uint32Array.of(Buffer.byteLength(each)).buffer), Buffer.from(each)]);
    const bytes = Buffer.concat([
      Buffer.from(Float32Array.of(3, Number.NaN).buffer),
      text('Bern'),
      text(''),
      Buffer.from([1, 0]),
    ]);
    expect(
      read(
        [
          input('age', 'FP32', undefined, [2], 8),
          input('city', 'BYTES', undefined, [2], 12),
          input('member', 'BOOL', undefined, [2], 2),
        ],
        bytes,
      ),
    ).toEqual(rows);
  });

  it.each([
    ['INT64', Buffer.from(BigInt64Array.of(-7n, 2n ** 53n - 1n).buffer), [-7, 2 ** 53 - 1]],
    ['UINT8', Buffer.from([0, 255]), [0, 255]],
    ['FP64', Buffer.from(Float64Array.of(0.1, Number.NaN).buffer), [0.1, null]],
    ['FP16', Buffer.from([0, 0x3c, 0, 0x7e]), [1, null]],
  ])('keep values of %s', (datatype, bytes, values) => {
    const table = [{ name: 'age', kind: 'number' }];
    expect(read([input('age', datatype, undefined, [2], bytes.length)], bytes, table)).toEqual(
      values.map((each) => ({ age: each })),
    );
  });

  it('have no names if the support set had none', () => {
    const table = [
      { name: 0, kind: 'number' },
      { name: 1, kind: 'number' },
    ];
    expect(read([input('1', 'INT32', [5, 6]), input('0', 'INT32', [1, 2])], undefined, table)).toEqual([
      [1, 5],
      [2, 6],
    ]);
  });

  it.each([
    ['without a column', [age, city], 'Expected an input for the column "member" at /inputs, got age, city'],
    [
      'with another column',
      [age, city, { ...member, name: 'x' }],
      'Expected one of age, city, member at /inputs/2/name, got "x"',
    ],
    [
      'with a column twice',
      [age, age, city, member],
      'Expected each column once at /inputs/1/name, got "age" again',
    ],
    [
      'with fewer values in a column',
      [age, { ...city, shape: [1], data: ['x'] }, member],
      'Expected [2], as in the first input at /inputs/1/shape, got [1]',
    ],
    [
      'of another shape',
      [{ ...age, shape: [1, 2] }, city, member],
      'Expected [-1] or [-1, 1] at /inputs/0/shape, got [1, 2]',
    ],
    [
      'of too few elements',
      [{ ...age, data: [1] }, city, member],
      'Expected 2 elements (from the shape) at /inputs/0/data, got 1',
    ],
    [
      'with numbers for texts',
      [age, { ...city, data: [1, 2] }, member],
      'Expected a string for BYTES at /inputs/1/data/0, got 1',
    ],
    [
      'with texts for numbers',
      [{ ...age, data: [1, '2'] }, city, member],
      'Expected a number for FP32 at /inputs/0/data/1, got "2"',
    ],
    ['of an unknown type', [{ ...age, datatype: 'constructor' }, city, member], 'one of BOOL'],
    [
      'beyond the most',
      [{ ...age, shape: [5000] }, city, member],
      'at most 4096 rows at /inputs/0/shape, got 5000',
    ],
  ])('are refused %s', (_what, inputs, message) => {
    expect(refusalOf(inputs)).toContain(message);
  });

  it('are refused with infinity, too many bytes, or text that is not UTF-8', () => {
    const only = (datatype: string, bytes: Buffer) => {
      const each = [input('age', datatype, undefined, [1], bytes.length)];
      return () => readRows(each, binaryParts(each, bytes), [{ name: 'age', kind: 'number' }]);
    };
    expect(only('FP32', Buffer.from(Float32Array.of(Number.POSITIVE_INFINITY).buffer))).toThrow(
      /finite.*Infinity/,
    );
    expect(only('FP32', Buffer.alloc(8))).toThrow(/4 bytes \(1 × 4\)/);
    expect(only('INT64', Buffer.from(BigInt64Array.of(2n ** 62n).buffer))).toThrow(/integer/);
    expect(only('BYTES', Buffer.from([1, 0, 0, 0, 0xff]))).toThrow(/not UTF-8/);
  });
});
