import { expect, it } from 'vitest';
import { joinInputs, paddingOf } from '../../../../src/adapters/onnxruntime/embedding/join-inputs.ts';
import { tensor } from '../../../../src/tensor.ts';

it('pads each axis with zeros at its end', () => {
  const wide = { x: tensor([1, 3], [1, 2, 3]), n: tensor([1], [7]) };
  const tall = { x: tensor([2, 2], [4, 5, 6, 7]), n: tensor([1], [8]) };
  expect(joinInputs([wide, tall])).toEqual({
    x: tensor([2, 2, 3], [1, 2, 3, 0, 0, 0, 4, 5, 0, 6, 7, 0]),
    n: tensor([2, 1], [7, 8]),
  });
  expect(paddingOf([wide, tall])).toBe(12 / 7);
});

it('pads with the value of an input', () => {
  const [short, long] = [1, 3].map((length) => {
    const row = tensor([length], new Float32Array(length).fill(5));
    return { ids: row, mask: row };
  });
  expect(joinInputs([short, long] as never, { ids: 7 })).toEqual({
    ids: tensor([2, 3], [5, 7, 7, 5, 5, 5]),
    mask: tensor([2, 3], [5, 0, 0, 5, 5, 5]),
  });
});

it('joins inputs of one shape without padding', () => {
  const one = { x: tensor([2], [1, 2]) };
  expect(joinInputs([one])).toEqual({ x: tensor([1, 2], [1, 2]) });
  expect(joinInputs([one, one])).toEqual({ x: tensor([2, 2], [1, 2, 1, 2]) });
  expect(paddingOf([one, one])).toBe(1);
});

it('refuses contents that lack an input or have another rank', () => {
  const one = { x: tensor([2], [1, 2]) };
  expect(() => joinInputs([one, { y: tensor([2], [1, 2]) }])).toThrow('Expected an input x, got y');
  expect(() => joinInputs([one, { x: tensor([1, 2], [1, 2]) }])).toThrow('one rank');
});
