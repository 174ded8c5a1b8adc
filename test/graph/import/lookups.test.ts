import { describe, expect, it } from 'vitest';
import { einsum } from '../../../src/graph/compositions/einsum.ts';
import { gatherND } from '../../../src/graph/compositions/indexing.ts';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import { input, ints } from '../../../src/graph/ops/index.ts';
import { expectClose } from '../../support/close.ts';
import {
  type Given,
  list,
  modelOfCase,
  type NodeCase,
  one,
  runImported,
  runOriginal,
} from './foreign-node.ts';

const f = (float: number) => ({ float });
const whole = (shape: readonly number[], ...numbers: readonly number[]): Given => ({
  shape,
  numbers,
  type: 'int64',
});
const NONE: Given = { shape: [0], numbers: [] };
const scales = (...numbers: readonly number[]): Given => ({ shape: [numbers.length], numbers });

const lookups: readonly NodeCase[] = [
  { op: 'GatherElements', operands: [[3, 4], whole([2, 4], 0, 2, -1, 1, 1, 0, 0, -3)] },
  {
    op: 'GatherElements',
    operands: [[2, 3, 2], whole([2, 4, 2], ...Array(16).fill(1))],
    attributes: { axis: 1 },
  },
  { op: 'GatherND', operands: [[3, 4, 2], whole([5, 2], 0, 1, 2, 3, -1, -1, 1, 0, 0, 0)] },
  { op: 'GatherND', operands: [[3, 4], whole([2, 1], 2, 0)] },
  { op: 'GatherND', operands: [[2, 3, 4], whole([2, 2, 1], 0, 2, -1, 1)], attributes: { batch_dims: 1 } },
  { op: 'ScatterND', operands: [[4, 3], whole([2, 1], 3, -3), [2, 3]] },
  { op: 'ScatterND', operands: [[2, 3, 2], whole([2, 2], 0, 1, 1, 2), [2, 2]] },
  { op: 'ScatterND', operands: [[4], whole([3, 1], 1, 1, 0), [3]], attributes: { reduction: 'add' } },
  {
    op: 'ScatterElements',
    operands: [[2, 3], whole([2, 2], 0, 0, 2, -2), [2, 2]],
    attributes: { axis: 1, reduction: 'add' },
  },
  { op: 'Trilu', operands: [[2, 3, 4]] },
  { op: 'Trilu', operands: [[3, 3], { ...one(-1), type: 'int64' }], attributes: { upper: 0 } },
];

const equations: readonly (readonly [string, ...(readonly (readonly number[])[])])[] = [
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
  ['bhid,bhjd->bhij', [2, 3, 4, 5], [2, 3, 6, 5]],
  ['abc,cde->abde', [2, 3, 4], [4, 2, 3]],
  ['acbe,aecd->abcd', [2, 3, 4, 5], [2, 5, 3, 2]],
  ['i,j->ij', [2], [3]],
  ['ij->j', [2, 3]],
  ['ij->ji', [2, 3]],
  ['ij,ij->', [2, 3], [2, 3]],
  ['ij, jk', [2, 3], [3, 4]],
  ['ij,kj,k->i', [2, 3], [4, 3], [4]],
  ['...ij,...jk->...ik', [2, 2, 3, 4], [2, 2, 4, 2]],
  ['b...,bc->c...', [2, 3, 4], [2, 5]],
];

const modes: readonly NodeCase[] = [
  ...(['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners'] as const).flatMap((coordinates) =>
    (['nearest', 'linear', 'cubic'] as const).flatMap((mode) => [
      {
        op: 'Resize',
        operands: [[1, 2, 4, 5], null, null, list(1, 2, 7, 3)],
        attributes: { mode, coordinate_transformation_mode: coordinates },
      },
      {
        op: 'Resize',
        operands: [[1, 2, 4, 3], null, scales(1, 1, 2, 1.5)],
        attributes: { mode, coordinate_transformation_mode: coordinates },
      },
    ]),
  ),
  ...['floor', 'ceil', 'round_prefer_ceil', 'round_prefer_floor'].map((nearest_mode) => ({
    op: 'Resize',
    operands: [[1, 1, 4, 6], NONE, scales(1, 1, 2, 0.5)],
    attributes: { nearest_mode, coordinate_transformation_mode: 'asymmetric' },
  })),
  {
    op: 'Resize',
    operands: [[1, 1, 5, 4], null, null, list(1, 1, 9, 2)],
    attributes: { mode: 'cubic', cubic_coeff_a: f(-0.5), exclude_outside: 1 },
  },
  {
    op: 'Resize',
    operands: [[2, 6, 1], null, null, list(3, 1)],
    attributes: { mode: 'linear', axes: [1, 2] },
  },
  { op: 'Upsample', opset: 9, operands: [[1, 2, 3, 2], scales(1, 1, 2, 3)], attributes: { mode: 'nearest' } },
];

const described = ({ op, operands, attributes }: NodeCase) =>
  `${op} ${JSON.stringify(attributes ?? {})} of ${operands.map((each) => JSON.stringify(each)).join(' ')}`;

async function expectSame(each: NodeCase): Promise<void> {
  const { computed: model, feeds, results } = modelOfCase(each);
  const [expected, actual] = await Promise.all([
    runOriginal(model, feeds, results),
    runImported(model, feeds, results),
  ]);
  for (const name of results) {
    expect(actual[name]?.shape).toEqual(expected[name]?.shape);
    expectClose(
      { shape: [], data: Array.from(actual[name]?.numbers ?? []) },
      { shape: [], data: Array.from(expected[name]?.numbers ?? []) },
      1e-5,
      name,
    );
  }
}

describe('a foreign operator agrees with the runtime', () => {
  it.each([...lookups, ...modes].map((each) => [described(each), each] as const))('%s', async (_, each) => {
    await expectSame(each);
  });

  it.each(equations.map(([equation, ...operands]) => ({ equation, operands })))(
    'Einsum $equation',
    async ({ equation, operands }) => {
      await expectSame({ op: 'Einsum', operands, attributes: { equation } });
    },
  );
});

describe('a composition refuses', () => {
  const x = input('x', [2, 3]);
  it.each<[string, () => unknown, string]>([
    [
      'a diagonal',
      () => einsum('ii->i', [input('s', [2, 2])]),
      'Expected axes with labels of their own, got ii',
    ],
    ['two sizes of a label', () => einsum('ij,ij->', [x, input('y', [2, 4])]), 'of one size, got 3 and 4'],
    ['too few operands', () => einsum('ij,jk->ik', [x]), 'Expected 2 operands of ij,jk->ik, got 1'],
    ['too few axes', () => einsum('ijk->i', [x]), 'Expected an operand with the axes ijk, got [2,3]'],
    ['a label from nowhere', () => einsum('ij->k', [x]), 'Expected operands with an axis k, got none'],
    [
      'index tuples into symbolic axes',
      () => gatherND(input('n', ['N', 3]), ints([0])),
      'Expected 1 static axes to index, got [N,3]',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it.each<NodeCase>([
    {
      op: 'Resize',
      operands: [[1, 1, 4, 4], null, null, list(1, 1, 2, 2)],
      attributes: { mode: 'linear', antialias: 1 },
    },
    { op: 'Resize', operands: [[1, 1, 4, 4], null, null, list(1, 1, 2, 2)], attributes: { mode: 'lanczos' } },
    { op: 'Einsum', operands: [[2, 2]], attributes: { equation: 'ii->i' } },
  ])('what it cannot write, as unreadable: $op $attributes', (each) => {
    const { computed: model } = modelOfCase(each);
    const inputs = { x0: input('x0', (each.operands[0] as readonly number[]) ?? []) };
    expect(() => importGraph(model, { inputs, maxBytes: 2 ** 20 })).toThrow('expected');
  });

  it('sizes beyond the limit before it makes their matrices', () => {
    const { computed: model } = modelOfCase({
      op: 'Resize',
      operands: [[1, 1, 4, 4], null, null, list(1, 1, 2 ** 30, 2)],
      attributes: { mode: 'linear' },
    });
    expect(() =>
      importGraph(model, { inputs: { x0: input('x0', [1, 1, 4, 4]) }, maxBytes: 2 ** 20 }),
    ).toThrow('IMPORT_MAX_BYTES');
  });
});
