import { describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../src/service/inputs/input-spec.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';
import { decode, nested, numbers, packed, refusal } from './raw-inputs.ts';

const picture: InputSpec = {
  reads: 'image',
  shape: [1, 2, 2],
  preprocessing: { kind: 'image', width: 2, height: 2, channels: 1, invert: true, resize: 'nearest' },
};

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
