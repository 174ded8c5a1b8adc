import type { OnnxNode } from '../../../src/onnx/model.ts';
import { nodeOf } from '../../graph/import/foreign-node.ts';
import { added, float, type HostileModel, image, int, ints, modelOf, tooMuch } from './hostile-models.ts';

/** Each step reads the one before again and again. */
const chain = (
  steps: number,
  make: (from: string, to: string, step: number) => OnnxNode,
  first = 'x',
): OnnxNode[] => Array.from({ length: steps }, (_, i) => make(i === 0 ? first : `t${i}`, `t${i + 1}`, i));
const many = (count: number, name: string) => Array<string>(count).fill(name);
const tooMany = /constants that are computed in \d+ steps/;

/** Small files that ask for much work or memory. */
export const costlyModels: Readonly<Record<string, HostileModel>> = {
  'a shape of 65,536 axes': [
    () =>
      modelOf(
        [
          nodeOf('Reshape', ['c', 's'], ['r']),
          nodeOf('Transpose', ['r'], ['z']),
          nodeOf('Add', ['x', 'z'], ['y']),
        ],
        { c: { shape: [1], numbers: [1] }, s: ints(...Array<number>(2 ** 16).fill(1)) },
      ),
    /at most 16 axes for Reshape/,
  ],
  'a computed tensor of 65,536 axes': [
    () =>
      modelOf([nodeOf('Reshape', ['x', 's'], ['y'])], { s: ints(...Array<number>(2 ** 16).fill(1), 192) }),
    /at most 16 axes for Reshape/,
  ],
  'axes of 2⁵⁰ beside an empty one': [
    () => {
      const join = [
        nodeOf('Reshape', ['c', 's'], ['r'], { allowzero: 1 }),
        nodeOf('Concat', ['r', 'r'], ['z'], { axis: 1 }),
      ];
      return modelOf([...join, nodeOf('Add', ['x', 'z'], ['y'])], { c: ints(), s: ints(2 ** 50, 0) });
    },
    /sizes of 0 or more/,
  ],
  'a sum of two with a hundred operands': [
    () => added(nodeOf('Add', many(100, 'c'), ['w']), { c: { shape: [1], numbers: [1] } }),
    /at most 3 operands of Add/,
  ],
  'constants that are added up again and again': [
    () =>
      modelOf(
        [
          nodeOf('ConstantOfShape', ['s'], ['wide']),
          ...Array.from({ length: 500 }, (_, i) => nodeOf('ReduceSum', ['wide'], [`r${i}`], { keepdims: 0 })),
          nodeOf('Sum', ['x', ...Array.from({ length: 500 }, (_, i) => `r${i}`)], ['y']),
        ],
        { s: ints(2 ** 20) },
      ),
    tooMany,
  ],
  'a list of indices that is read again and again': [
    () =>
      modelOf(
        [
          ...Array.from({ length: 200 }, (_, i) => nodeOf('Gather', ['x', 'i'], [`g${i}`], { axis: 2 })),
          nodeOf(
            'Sum',
            Array.from({ length: 200 }, (_, i) => `g${i}`),
            ['y'],
          ),
        ],
        { i: ints(...Array<number>(2 ** 16).fill(1)) },
      ),
    tooMany,
  ],
  'a classifier whose weights read each other a hundred times': [
    () =>
      modelOf(
        [
          ...chain(9, (from, to) => nodeOf('Mean', many(100, from), [to]), 'c'),
          nodeOf('MatMul', ['x', 't9'], ['l']),
          nodeOf('Loop', ['l'], ['y']),
        ],
        { c: { shape: [8, 8], numbers: Array<number>(64).fill(1) } },
      ),
    /without loops/,
  ],
  'a sum of 100,000 operands': [
    () => modelOf([nodeOf('Sum', many(100_000, 'x'), ['y'])]),
    /at most 65536 operations/,
  ],
  'an equation of 1000 operands': [
    () => modelOf([nodeOf('Einsum', many(1000, 'x'), ['y'], { equation: many(1000, 'abcd').join() })]),
    /at most 16 operands of Einsum/,
  ],
  'masks that are made again and again': [
    () =>
      modelOf(
        [
          nodeOf('GlobalAveragePool', ['x'], ['p']),
          nodeOf('Expand', ['p', 's'], ['e']),
          ...chain(100, (from, to) => nodeOf('Trilu', [from], [to]), 'e'),
          nodeOf('Relu', ['t100'], ['y']),
        ],
        { s: ints(1, 3, 512, 512) },
      ),
    tooMuch,
  ],
  'a list of 2²⁴ classes': [
    () =>
      modelOf([nodeOf('Cast', ['x'], ['i'], { to: 7 }), nodeOf('OneHot', ['i', 'd', 'v'], ['y'])], {
        d: int(2 ** 24),
        v: { shape: [2], numbers: [0, 1] },
      }),
    /a depth of OneHot .* from 1 to 1048576/,
  ],
  'edges that are repeated 2²⁴ times': [
    () =>
      modelOf([nodeOf('Pad', ['x', 's'], ['y'], { mode: 'edge' })], {
        s: ints(0, 0, 0, 0, 0, 0, 0, 2 ** 20),
      }),
    tooMuch,
  ],
  'a picture of 20,000 pixels': [
    () => ({
      ...modelOf([nodeOf('GlobalAveragePool', ['x'], ['y'])]),
      inputs: [{ ...image, shape: [1, 3, 20_000, 20_000] }],
    }),
    /input x of at most 16777216 numbers/,
  ],
  'a weight with the name of a method': [
    () => ({
      ...modelOf([nodeOf('Relu', ['x'], ['y'])], { constructor: { shape: [1, 4], numbers: [1, 2, 3, 4] } }),
      outputs: [float('constructor')],
    }),
    /features that depend on every input/,
  ],
  'a name of a megabyte that a terminal obeys': [
    () => modelOf([nodeOf('Relu', [`\u001b[31m${'q'.repeat(2 ** 20)}`], ['y'])]),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
    /^[^\u001b]{1,700}$/,
  ],
};
