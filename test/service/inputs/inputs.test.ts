import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { InputSpec } from '../../../src/service/inputs/input-spec.ts';
import { createInputDecoder } from '../../../src/service/inputs/inputs.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';

const decode = createInputDecoder(createSharpDecoder());
const numbers: InputSpec = { reads: 'tensor', shape: [2, 3] };
const picture: InputSpec = {
  reads: 'image',
  shape: [1, 2, 2],
  preprocessing: { kind: 'image', width: 2, height: 2, channels: 1, invert: true, resize: 'nearest' },
};
const nested = (value: unknown): RawInput => ({ kind: 'json', value });
const packed = (dtype: string, shape: number[], bytes: ArrayBufferView | string): RawInput => ({
  kind: 'json',
  value: {
    dtype,
    shape,
    data:
      typeof bytes === 'string'
        ? bytes
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  },
});

async function refusal(raw: RawInput, spec: InputSpec = numbers): Promise<InnerloopError> {
  const error = await decode(raw, spec).catch((reason: unknown) => reason);
  if (!(error instanceof InnerloopError)) throw new Error(`Expected a refusal, got ${String(error)}`);
  return error;
}

describe('nested arrays', () => {
  it('are read as a tensor', async () => {
    const { shape, data } = await decode(
      nested([
        [1, 2, 3],
        [4, 5, -6.5],
      ]),
      numbers,
    );
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, -6.5]);
  });

  it('may be a single number for a scalar input', async () => {
    const { shape, data } = await decode(nested(7), { reads: 'tensor', shape: [] });
    expect({ shape, data: [...data] }).toEqual({ shape: [], data: [7] });
  });

  it.each([
    ['a missing row', [[1, 2, 3]], '', 'an array of 1'],
    [
      'a ragged row',
      [
        [1, 2, 3],
        [4, 5],
      ],
      '/1',
      'an array of 2',
    ],
    [
      'a row too deep',
      [
        [1, 2, 3],
        [4, 5, [6]],
      ],
      '/1/2',
      'an array of 1',
    ],
    ['a number for a row', [[1, 2, 3], 4], '/1', '4'],
    [
      'null, which is how JSON writes NaN',
      [
        [1, null, 3],
        [4, 5, 6],
      ],
      '/0/1',
      'null',
    ],
    [
      'NaN',
      [
        [1, 2, 3],
        [4, 5, Number.NaN],
      ],
      '/1/2',
      'NaN',
    ],
    [
      'infinity',
      [
        [1, 2, 3],
        [-Infinity, 5, 6],
      ],
      '/1/0',
      '-Infinity',
    ],
    [
      'a number beyond float32',
      [
        [1, 2, 3],
        [4, 1e39, 6],
      ],
      '/1/1',
      '1e+39',
    ],
    [
      'a numeral in quotes',
      [
        ['1', 2, 3],
        [4, 5, 6],
      ],
      '/0/0',
      '"1"',
    ],
    [
      'a boolean',
      [
        [true, 2, 3],
        [4, 5, 6],
      ],
      '/0/0',
      'true',
    ],
    [
      'a gap',
      [
        [1, undefined, 3],
        [4, 5, 6],
      ],
      '/0/1',
      'nothing',
    ],
    ['an object', {}, '', 'a row of a table'],
  ])('are refused for %s', async (_what, value, pointer, got) => {
    const { code, details } = await refusal(nested(value));
    expect({ code, pointer: details.pointer, got: details.got }).toEqual({
      code: 'invalid_input',
      pointer,
      got,
    });
    expect(details.expected).toMatch(/^an? (finite|array)|^numbers of shape/);
  });

  it('keep all finite float32 values', async () => {
    const row = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(row, row, async (a, b) => {
        const { data } = await decode(nested([a, b]), numbers);
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
    const { shape, data } = await decode(packed(dtype, [2, 3], values), numbers);
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([...values]);
  });

  it.each([
    ['another shape', packed('float32', [3, 2], new Float32Array(6)), '/shape', '[3, 2]'],
    ['an unknown dtype', packed('int7', [2, 3], new Float32Array(6)), '/dtype', '"int7"'],
    ['a dtype named like a method', packed('toString', [2, 3], 'AAAA'), '/dtype', '"toString"'],
    ['too few bytes', packed('float32', [2, 3], new Float32Array(5)), '/data', '20 bytes'],
    [
      'data that are not base64',
      packed('uint8', [2, 3], 'AAAA*AAA'),
      '/data',
      '"*" at character 4 of "AAAA*AAA"',
    ],
    [
      'NaN',
      packed('float32', [2, 3], Float32Array.of(0, 0, Number.NaN, 0, 0, 0)),
      '/data',
      'NaN at position 2',
    ],
    [
      'infinity as float32',
      packed('float64', [2, 3], Float64Array.of(1e300, 0, 0, 0, 0, 0)),
      '/data',
      '1e+300 at position 0',
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
    const { code, details } = await refusal({ kind: 'file', file: Uint8Array.of(1) });
    expect(code).toBe('invalid_input');
    expect(details).toMatchObject({
      pointer: '',
      expected: 'numbers of shape [2, 3]',
      got: 'a file',
    });
  });

  it('are refused by the decoder when they cannot be decoded', async () => {
    const { code, details } = await refusal({ kind: 'file', file: Buffer.from('hello') }, picture);
    expect(code).toBe('invalid_image');
    expect(details.expected).toMatch(/PNG, JPEG or WebP/);
  });

  it('may be tensors with the values that the network expects', async () => {
    const { data } = await decode(
      nested([
        [
          [1, 0],
          [0.5, 1],
        ],
      ]),
      picture,
    );
    expect([...data]).toEqual([1, 0, 0.5, 1]);
  });

  it('may be uint8 tensors, which are divided by 255', async () => {
    const { data } = await decode(packed('uint8', [1, 2, 2], Uint8Array.of(0, 51, 204, 255)), picture);
    expect([...data]).toEqual([0, 0.2, 0.8, 1].map(Math.fround));
  });

  it('may exceed 1 by a rounding error of float32', async () => {
    const { data } = await decode(
      packed('float32', [1, 2, 2], Float32Array.of(1.0000001, -1e-7, 0, 1)),
      picture,
    );
    expect(data[0]).toBeCloseTo(1);
  });

  it.each<[string, RawInput, string, string]>([
    [
      'nested bytes',
      nested([
        [
          [0, 255],
          [128, 0],
        ],
      ]),
      '/0/0/1',
      '255',
    ],
    [
      'a nested negative number',
      nested([
        [
          [0, 1],
          [-0.1, 0],
        ],
      ]),
      '/0/1/0',
      '-0.1',
    ],
    [
      'a nested number just above 1',
      nested([
        [
          [0, 0],
          [1, 1.001],
        ],
      ]),
      '/0/1/1',
      '1.001',
    ],
    ['float32 bytes', packed('float32', [1, 2, 2], Float32Array.of(0, 1, 2, 0)), '/data', '2 at position 2'],
    [
      'float64 centred on 0',
      packed('float64', [1, 2, 2], Float64Array.of(0, 1, 1, -1)),
      '/data',
      '-1 at position 3',
    ],
  ])('are refused as tensors outside 0…1: %s', async (_what, raw, pointer, got) => {
    const { code, details } = await refusal(raw, picture);
    expect(code).toBe('invalid_input');
    expect(details.pointer).toBe(pointer);
    expect(details.expected).toMatch(/from 0 to 1.*uint8/);
    expect(Number.parseFloat(details.got ?? '')).toBeCloseTo(Number.parseFloat(got));
    expect(details.got?.replace(/^[-\d.]+/, '')).toBe(got.replace(/^[-\d.]+/, ''));
  });

  it('leave the values of packages without preprocessing as they are', async () => {
    const values = [0, 255, -7, 1e6, 0.5, 2];
    expect([...(await decode(nested([values.slice(0, 3), values.slice(3)]), numbers)).data]).toEqual(values);
    const bytes = packed('uint8', [2, 3], Uint8Array.of(0, 255, 7, 8, 9, 10));
    expect([...(await decode(bytes, numbers)).data]).toEqual([0, 255, 7, 8, 9, 10]);
  });
});
