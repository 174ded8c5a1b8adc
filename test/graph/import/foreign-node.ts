import { encodeProgram } from '../../../src/graph/export/encode.ts';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import { input } from '../../../src/graph/ops/index.ts';
import { program } from '../../../src/graph/program.ts';
import type { Value } from '../../../src/graph/value.ts';
import { encodeModel, newModel } from '../../../src/onnx/encode.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode } from '../../../src/onnx/model.ts';
import { dataTypes } from '../../../src/onnx/schema.ts';
import { storedTypes } from '../../../src/onnx/typed-values.ts';
import { createRandom } from '../../../src/training/random.ts';
import { runOnce } from '../../support/run-once.ts';

/** An operand, by default a constant: numbers of a type and a shape. */
export interface Given {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
  readonly type?: 'float32' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';
  /** Whether these numbers of float32 are those of an input, and no constant. */
  readonly isComputed?: boolean;
}

export const list = (...numbers: readonly number[]): Given => ({
  shape: [numbers.length],
  numbers,
  type: 'int64',
});
export const one = (number: number): Given => ({ shape: [], numbers: [number] });

type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

/** One operator over random operands and constants. */
export interface NodeCase {
  readonly op: string;
  /** A shape: a random operand. Null: left out. */
  readonly operands: readonly (readonly number[] | Given | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly opset?: number;
  readonly outputs?: number;
  /** Operands are positive. */
  readonly positive?: boolean;
}

const isGiven = (x: readonly number[] | Given): x is Given => !Array.isArray(x);

export function initializer(name: string, { shape, numbers, type = 'float32' }: Given): OnnxInitializer {
  const values = {
    float32: () => Float32Array.from(numbers),
    int64: () => BigInt64Array.from(numbers, (x) => BigInt(x)),
    int32: () => Int32Array.from(numbers),
    int8: () => Int8Array.from(numbers),
    uint8: () => Uint8Array.from(numbers),
    bool: () => Uint8Array.from(numbers),
  }[type]();
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dims: shape, dataType: storedTypes[type], external: null, raw };
}

function attributeOf([name, value]: [string, AttributeValue]): OnnxAttribute {
  if (typeof value === 'number') return { name, type: 'int', value };
  if (typeof value === 'string') return { name, type: 'string', value };
  if ('floats' in value) return { name, type: 'floats', value: value.floats };
  return 'float' in value ? { name, type: 'float', value: value.float } : { name, type: 'ints', value };
}

/** `operator`: its name, behind its domain and a dot if it is not a standard one. */
export function nodeOf(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: NodeCase['attributes'] = {},
): OnnxNode {
  return {
    name: '',
    opType: operator.slice(operator.lastIndexOf('.') + 1),
    domain: operator.slice(0, Math.max(0, operator.lastIndexOf('.'))),
    inputs,
    outputs,
    attributes: Object.entries(attributes).map(attributeOf),
  };
}

/** A network from the input x to the output y. */
export const networkOf = (
  nodes: readonly OnnxNode[],
  shape: readonly number[],
  constants: Readonly<Record<string, Given>>,
  opset: number,
): OnnxModel => ({
  ...newModel({
    name: 'network',
    nodes,
    initializers: Object.entries(constants).map(([name, given]) => initializer(name, given)),
    inputs: [{ name: 'x', elementType: dataTypes.float32, shape }],
    outputs: [{ name: 'y', elementType: 0, shape: [] }],
    sparseInitializers: 0,
  }),
  opsets: [{ domain: '', version: opset }],
});

/** The model of a case, and numbers for its operands. */
export function modelOfCase({
  op,
  operands,
  attributes,
  opset = 18,
  outputs = 1,
  positive = false,
}: NodeCase) {
  const random = createRandom(operands.length + op.length);
  const names = operands.map((each, i) => (each === null ? '' : `x${i}`));
  const given = operands.map((each): Given | null => {
    if (each === null || isGiven(each)) return each;
    const size = each.reduce((a, b) => a * b, 1);
    const draw = () => (positive ? 0.2 + 2 * random.uniform() : 2 * random.normal());
    return { shape: each, numbers: Array.from({ length: size }, () => Math.fround(draw())) };
  });
  const results = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const isInput = (i: number) => {
    const each = operands[i];
    return !!each && (!isGiven(each) || each.isComputed === true);
  };
  const model = (constant: boolean): OnnxModel => ({
    ...newModel({
      name: 'case',
      nodes: [nodeOf(op, names, results, attributes)],
      initializers: given.flatMap((each, i) =>
        each && (constant || !isInput(i)) ? initializer(`x${i}`, each) : [],
      ),
      inputs: given.flatMap((each, i) =>
        each && isInput(i) && !constant
          ? { name: `x${i}`, elementType: dataTypes.float32, shape: each.shape }
          : [],
      ),
      outputs: results.map((name) => ({ name, elementType: 0, shape: [] })),
      sparseInitializers: 0,
    }),
    opsets: [
      { domain: '', version: opset },
      ...(op.includes('.') ? [{ domain: 'com.microsoft', version: 1 }] : []),
    ],
  });
  const feeds = Object.fromEntries(
    given.flatMap((each, i) => (each && isInput(i) ? [[`x${i}`, each] as const] : [])),
  );
  return { computed: model(false), constant: model(true), feeds, results };
}

type Results = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly numbers: ArrayLike<number> }>
>;

const tensorsOf = (feeds: Readonly<Record<string, Given>>) =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, numbers }]) => [
      name,
      { type: 'float32' as const, shape, numbers: Float32Array.from(numbers) },
    ]),
  );

/** What ONNX Runtime makes of the model itself. */
export const runOriginal = (
  model: OnnxModel,
  feeds: Readonly<Record<string, Given>>,
  names: readonly string[],
): Promise<Results> => runOnce(encodeModel(model), tensorsOf(feeds), names);

/** What it makes of the values that the model is read as. */
export async function runImported(
  model: OnnxModel,
  feeds: Readonly<Record<string, Given>>,
  names: readonly string[],
): Promise<Results> {
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape }]) => [name, input(name, shape)]),
  );
  const { tensors } = importGraph(model, { inputs, maxBytes: 2 ** 24, emulates: true });
  const outputs = Object.fromEntries(names.map((name) => [name, tensors.get(name) as Value]));
  const made = program('imported', Object.values(inputs), outputs);
  return runOnce(encodeProgram(made), tensorsOf(feeds), names);
}
