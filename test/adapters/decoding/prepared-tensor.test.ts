import { describe, expect, it } from 'vitest';
import { preparedTensor } from '../../../src/adapters/decoding/prepared-tensor.ts';
import { tensorContent } from '../../../src/domain/tensor-content.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Preparation } from '../../../src/package/encoder/preparation.ts';
import { tensor } from '../../../src/tensor.ts';

const encoder = (preparation: object, shape: readonly number[]) =>
  ({
    folder: '',
    manifest: { name: 'tiny', preparation, inputs: [{ name: 'x', shape }] },
  }) as unknown as Encoder;
const photo = { kind: 'image', size: 1, fit: 'cover' } as const;
const content = (...values: number[]) => tensorContent(tensor([values.length], values));

describe('numbers for an encoder', () => {
  it.each<[string, Preparation, readonly number[], readonly number[]]>([
    ['as they are', { kind: 'tensor' }, [3], [0, 0.5, 1]],
    [
      'normalised, if they are a picture',
      { ...photo, mean: [0.5, 0, 0.5], deviation: [0.5, 1, 0.25] },
      [3, 1, 1],
      [-1, 0.5, 2],
    ],
    [
      'in the range of the encoder',
      { ...photo, range: 255, mean: [0, 127.5, 5], deviation: [1, 1, 50] },
      [3, 1, 1],
      [0, 0, 5],
    ],
  ])('are its input %s', (_, preparation, shape, expected) => {
    const given = content(0, 0.5, 1);
    expect(preparedTensor(given, encoder(preparation, shape))).toEqual({
      inputs: { x: tensor(shape, expected) },
      warnings: [],
    });
    expect(given).toEqual(content(0, 0.5, 1));
  });

  it('have each channel normalised by its own mean', () => {
    const two = { ...photo, size: { height: 1, width: 2 }, mean: [0.5, 0, 0], deviation: [0.5, 1, 0.5] };
    const { inputs } = preparedTensor(content(0, 1, 0, 1, 0, 1), encoder(two, [3, 1, 2]));
    expect([...(inputs.x?.data ?? [])]).toEqual([-1, 1, 0, 1, 0, 2]);
  });

  it('are refused if they are too few', () => {
    expect(() => preparedTensor(content(1, 2), encoder({ kind: 'tensor' }, [3, 4]))).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: 'Expected 12 numbers, of shape [3, 4] for tiny, got 2',
      }),
    );
  });
});
