import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { createInputDecoder } from '../../../src/service/inputs/inputs.ts';
import type { InputSpec, RawInput } from '../../../src/service/service.ts';

const decode = createInputDecoder(createSharpDecoder());
const numbers: InputSpec = { shape: [2, 3], preprocessing: { kind: 'none' } };
const picture: InputSpec = {
  shape: [1, 2, 2],
  preprocessing: { kind: 'image', width: 2, height: 2, channels: 1, invert: true, resize: 'nearest' },
};
const nested = (value: unknown): RawInput => ({ kind: 'nested', value });
const packed = (dtype: string, shape: number[], bytes: ArrayBufferView | string): RawInput => ({
  kind: 'packed',
  dtype,
  shape,
  data:
    typeof bytes === 'string'
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
});

async function refusal(raw: RawInput, spec: InputSpec = numbers): Promise<InnerloopError> {
  const error = await decode(raw, spec, '/inputs/0').catch((reason: unknown) => reason);
  if (!(error instanceof InnerloopError)) throw new Error(`Expected a refusal, got ${String(error)}`);
  return error;
}

describe('nested arrays', () => {
  it('become the tensor they spell', async () => {
    const { shape, data } = await decode(
      nested([
        [1, 2, 3],
        [4, 5, -6.5],
      ]),
      numbers,
      '',
    );
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, -6.5]);
  });

  it('are a bare number for a scalar input', async () => {
    const { shape, data } = await decode(nested(7), { shape: [], preprocessing: { kind: 'none' } }, '');
    expect({ shape, data: [...data] }).toEqual({ shape: [], data: [7] });
  });

  it.each([
    ['a missing row', [[1, 2, 3]], '/inputs/0', 'an array of 1'],
    [
      'a ragged row',
      [
        [1, 2, 3],
        [4, 5],
      ],
      '/inputs/0/1',
      'an array of 2',
    ],
    [
      'a row too deep',
      [
        [1, 2, 3],
        [4, 5, [6]],
      ],
      '/inputs/0/1/2',
      'an array of 1',
    ],
    ['a number for a row', [[1, 2, 3], 4], '/inputs/0/1', '4'],
    [
      'null, which is how JSON writes NaN',
      [
        [1, null, 3],
        [4, 5, 6],
      ],
      '/inputs/0/0/1',
      'null',
    ],
    [
      'NaN',
      [
        [1, 2, 3],
        [4, 5, Number.NaN],
      ],
      '/inputs/0/1/2',
      'NaN',
    ],
    [
      'infinity',
      [
        [1, 2, 3],
        [-Infinity, 5, 6],
      ],
      '/inputs/0/1/0',
      '-Infinity',
    ],
    [
      'a number beyond float32',
      [
        [1, 2, 3],
        [4, 1e39, 6],
      ],
      '/inputs/0/1/1',
      '1e+39',
    ],
    [
      'a numeral in quotes',
      [
        ['1', 2, 3],
        [4, 5, 6],
      ],
      '/inputs/0/0/0',
      '"1"',
    ],
    [
      'a boolean',
      [
        [true, 2, 3],
        [4, 5, 6],
      ],
      '/inputs/0/0/0',
      'true',
    ],
    [
      'a gap',
      [
        [1, undefined, 3],
        [4, 5, 6],
      ],
      '/inputs/0/0/1',
      'nothing',
    ],
    ['an object', {}, '/inputs/0', 'an object'],
  ])('are refused for %s', async (_what, value, pointer, got) => {
    const { code, details } = await refusal(nested(value));
    expect({ code, pointer: details.pointer, got: details.got }).toEqual({
      code: 'invalid_input',
      pointer,
      got,
    });
    expect(details.expected).toMatch(/^an? (finite|array)/);
  });

  it('hold what any finite float32 values hold', async () => {
    const row = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(row, row, async (a, b) => {
        const { data } = await decode(nested([a, b]), numbers, '');
        expect([...data]).toEqual([...a, ...b]);
      }),
    );
  });
});

describe('packed tensors', () => {
  it.each([
    ['float32', Float32Array.of(1, 2, 3, 4, 5, 6.5)],
    ['float64', Float64Array.of(1, 2, 3, 4, 5, 6.5)],
    ['uint8', Uint8Array.of(0, 1, 2, 128, 254, 255)],
  ] as const)('are read as %s', async (dtype, values) => {
    const { shape, data } = await decode(packed(dtype, [2, 3], values), numbers, '');
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([...values]);
  });

  it.each([
    ['another shape', packed('float32', [3, 2], new Float32Array(6)), '/inputs/0/shape', '[3, 2]'],
    ['an unknown dtype', packed('int7', [2, 3], new Float32Array(6)), '/inputs/0/dtype', '"int7"'],
    ['a dtype named like a method', packed('toString', [2, 3], 'AAAA'), '/inputs/0/dtype', '"toString"'],
    ['too few bytes', packed('float32', [2, 3], new Float32Array(5)), '/inputs/0/data', '20 bytes'],
    ['what is not base64', packed('uint8', [2, 3], 'AAAA*AAA'), '/inputs/0/data', '"AAAA*AAA"'],
    [
      'NaN',
      packed('float32', [2, 3], Float32Array.of(0, 0, Number.NaN, 0, 0, 0)),
      '/inputs/0/data',
      'NaN at position 2',
    ],
    [
      'infinity as float32',
      packed('float64', [2, 3], Float64Array.of(1e300, 0, 0, 0, 0, 0)),
      '/inputs/0/data',
      'Infinity at position 0',
    ],
  ])('are refused for %s', async (_what, raw, pointer, got) => {
    const { code, details } = await refusal(raw);
    expect({ code, pointer: details.pointer, got: details.got }).toEqual({
      code: 'invalid_input',
      pointer,
      got,
    });
  });
});

describe('images', () => {
  it('are refused by a package that takes numbers', async () => {
    const { code, details } = await refusal({ kind: 'image', file: Uint8Array.of(1) });
    expect(code).toBe('invalid_input');
    expect(details).toMatchObject({
      pointer: '/inputs/0',
      expected: 'numbers of shape [2, 3]',
      got: 'an image',
    });
  });

  it('are refused with their pointer when they cannot be decoded', async () => {
    const { code, details } = await refusal({ kind: 'image', file: Buffer.from('hello') }, picture);
    expect(code).toBe('invalid_image');
    expect(details.pointer).toBe('/inputs/0');
  });

  it('may be given as tensors, taken as the network sees them', async () => {
    const { data } = await decode(
      nested([
        [
          [1, 0],
          [0, 1],
        ],
      ]),
      picture,
      '',
    );
    expect([...data]).toEqual([1, 0, 0, 1]);
  });
});
