import { newModel } from '../../../src/onnx/encode.ts';
import type { OnnxGraph, OnnxInitializer, OnnxModel, OnnxNode } from '../../../src/onnx/model.ts';
import { dataTypes } from '../../../src/onnx/schema.ts';
import { storedTypes } from '../../../src/onnx/typed-values.ts';
import { type Given, initializer, nodeOf } from '../../graph/import/foreign-node.ts';

export const image = { name: 'x', elementType: dataTypes.float32, shape: [1, 3, 8, 8] };
export const float = (name: string) => ({ name, elementType: dataTypes.float32, shape: [] });

export function modelOf(
  nodes: readonly OnnxNode[],
  constants: Readonly<Record<string, Given>> = {},
  initializers: readonly OnnxInitializer[] = [],
): OnnxModel {
  return newModel({
    name: 'hostile',
    nodes,
    initializers: [
      ...Object.entries(constants).map(([name, given]) => initializer(name, given)),
      ...initializers,
    ],
    inputs: [image],
    outputs: [float('y')],
    sparseInitializers: 0,
  });
}

export const ints = (...numbers: readonly number[]): Given => ({
  shape: [numbers.length],
  numbers,
  type: 'int64',
});
export const int = (number: number): Given => ({ shape: [], numbers: [number], type: 'int64' });
const HUGE = 2 ** 34;

/** Graphs in the branches of conditions, within each other. */
function nested(depth: number): OnnxNode {
  const inner = depth === 0 ? nodeOf('Relu', ['x'], ['y']) : nested(depth - 1);
  const outputs = [float('y')];
  const body: OnnxGraph = {
    name: '',
    nodes: [inner],
    initializers: [],
    inputs: [],
    outputs,
    sparseInitializers: 0,
  };
  const branch = (name: string) => ({ name, type: 'graph' as const, value: body });
  return { ...nodeOf('If', ['true'], ['y']), attributes: [branch('then_branch'), branch('else_branch')] };
}

const elsewhere = (location: string, offset: number, length: number): OnnxInitializer => ({
  name: 'w',
  dims: [2, 3, 1, 1],
  dataType: dataTypes.float32,
  external: { location, offset, length },
  raw: new Uint8Array(),
});

export const added = (node: OnnxNode, constants: Readonly<Record<string, Given>>): OnnxModel =>
  modelOf([node, nodeOf('Add', ['x', 'w'], ['y'])], constants);
const conv = nodeOf('Conv', ['x', 'w'], ['y']);
/** Of float64, whose size the encoder does not check. */
const kernel = (shape: readonly number[]): OnnxInitializer => ({
  name: 'w',
  dims: shape,
  dataType: storedTypes.float64,
  external: null,
  raw: new Uint8Array(48),
});

/** The bytes of constants that may be made of these models. */
export const HOSTILE_MAX_BYTES = 2 ** 24;
export const tooMuch = /at most 16777216 bytes of constants/;

export type HostileModel = readonly [model: () => OnnxModel, message: RegExp];

/** Models that must be refused, and with what words. */
export const hostileModels: Readonly<Record<string, HostileModel>> = {
  'a cycle': [
    () =>
      modelOf([nodeOf('Add', ['x', 'b'], ['a']), nodeOf('Relu', ['a'], ['b']), nodeOf('Relu', ['b'], ['y'])]),
    /b to be defined before .* uses it, got a cycle/,
  ],
  'a tensor that nothing defines': [() => modelOf([nodeOf('Relu', ['z'], ['y'])]), /z to be defined before/],
  'a tensor that is defined twice': [
    () => modelOf([nodeOf('Relu', ['x'], ['a']), nodeOf('Neg', ['x'], ['a']), nodeOf('Relu', ['a'], ['y'])]),
    /each tensor to be defined once, got a twice/,
  ],
  'ConstantOfShape of 2³⁴ elements': [
    () => added(nodeOf('ConstantOfShape', ['s'], ['w']), { s: ints(HUGE) }),
    tooMuch,
  ],
  'a shape of negative size': [
    () => added(nodeOf('ConstantOfShape', ['s'], ['w']), { s: ints(-5) }),
    /sizes of 0 or more/,
  ],
  'Expand to 2³⁴ elements': [
    () => added(nodeOf('Expand', ['o', 's'], ['w']), { s: ints(HUGE), o: { shape: [1], numbers: [1] } }),
    tooMuch,
  ],
  'Expand of a computed tensor': [
    () => modelOf([nodeOf('Expand', ['x', 's'], ['y'])], { s: ints(2 ** 20, 1, 1, 1, 1) }),
    tooMuch,
  ],
  'Tile to 2³⁴ elements': [
    () => added(nodeOf('Tile', ['o', 's'], ['w']), { s: ints(HUGE), o: { shape: [1], numbers: [1] } }),
    tooMuch,
  ],
  'Range of 2³⁴ elements': [
    () => added(nodeOf('Range', ['a', 'b', 'c'], ['w']), { a: int(0), b: int(HUGE), c: int(1) }),
    tooMuch,
  ],
  'Pad by 2³⁰ pixels': [
    () => modelOf([nodeOf('Pad', ['x', 's'], ['y'])], { s: ints(0, 0, 2 ** 30, 0, 0, 0, 0, 0) }),
    tooMuch,
  ],
  'constants that double again and again': [
    () => {
      const steps = Array.from({ length: 40 }, (_, i) =>
        nodeOf('Concat', [`c${i}`, `c${i}`], [`c${i + 1}`], { axis: 0 }),
      );
      return modelOf([...steps, nodeOf('Add', ['x', 'c40'], ['y'])], { c0: { shape: [1], numbers: [1] } });
    },
    tooMuch,
  ],
  'a sum that broadcasts to 2³² elements': [
    () =>
      modelOf(
        [
          nodeOf('ConstantOfShape', ['s'], ['wide']),
          nodeOf('ConstantOfShape', ['t'], ['high']),
          nodeOf('ReduceMean', ['x'], ['m'], { keepdims: 0 }),
          nodeOf('Add', ['m', 'wide'], ['a']),
          nodeOf('Add', ['a', 'high'], ['y']),
        ],
        { s: ints(1, 2 ** 16), t: ints(2 ** 16, 1) },
      ),
    /at most 134217728 elements/,
  ],
  'values in a file that the importer did not open': [
    () => modelOf([conv], {}, [elsewhere('../../etc/passwd', 0, 24)]),
    /values of w inside the model.*got "..\/..\/etc\/passwd"/,
  ],
  'more values than its bytes': [
    () => modelOf([conv], {}, [kernel([2, 3, 1, 2 ** 20])]),
    /8 bytes for each value of w/,
  ],
  'a shape whose product overflows': [
    () => modelOf([conv], {}, [kernel([2 ** 40, 2 ** 40, 1, 1])]),
    /8 bytes for each value of w/,
  ],
  'a kernel for other channels': [
    () => modelOf([conv], {}, [kernel([2, 1, 1, 3])]),
    /channels to fit filters/,
  ],
  'graphs within each other': [
    () => modelOf([nested(6)], { true: { shape: [], numbers: [1], type: 'bool' } }),
    /graphs within each other at most 4 deep|at most 32 deep/,
  ],
  'a loop': [() => modelOf([nodeOf('Loop', ['x'], ['y'])]), /without loops, got Loop/],
  'a scan': [() => modelOf([nodeOf('Scan', ['x'], ['y'])]), /without loops, got Scan/],
  'an operator of another domain': [
    () => modelOf([{ ...nodeOf('Gelu', ['x'], ['y']), domain: 'com.example' }]),
    /standard domain, or others that are known, got com.example.Gelu/,
  ],
  'operators of opset 6': [
    () => ({ ...modelOf([nodeOf('Relu', ['x'], ['y'])]), opsets: [{ domain: '', version: 6 }] }),
    /opset 7/,
  ],
  'an axis outside': [
    () => modelOf([nodeOf('Softmax', ['x'], ['y'], { axis: 9 })]),
    /axis of Softmax .* from -4 to 3/,
  ],
  'a division of integers by zero': [
    () =>
      modelOf([nodeOf('Div', ['a', 'b'], ['s']), nodeOf('Reshape', ['x', 's'], ['y'])], {
        a: ints(1),
        b: ints(0),
      }),
    /expected a target of Reshape/,
  ],
};
