import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, nested, numbers, packed, refusal } from './raw-inputs.ts';

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
