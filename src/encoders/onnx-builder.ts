import { newModel } from '../onnx/encode.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxValueInfo } from '../onnx/model.ts';
import { dataTypes } from '../onnx/schema.ts';

/** The name of a value in the graph. */
type Name = string;
type AttributeValue = number | string | readonly number[];

/**
 * Writes an ONNX graph node by node. Encoders use operators that `graph/` does not have, because nothing is
 * differentiated through them.
 */
export interface OnnxBuilder {
  /** A node of one output. Integers become `int`, whole lists `ints`; a float attribute is `{ float: x }`. */
  node(
    opType: string,
    inputs: readonly Name[],
    attributes?: Readonly<Record<string, AttributeValue | { readonly float: number }>>,
  ): Name;
  /** A node of several outputs. */
  split(x: Name, sizes: readonly number[], axis: number): readonly Name[];
  floats(name: string, shape: readonly number[], values: Float32Array): Name;
  /** A list of integers; equal lists share an initializer. */
  ints(...values: readonly number[]): Name;
  scalar(value: number): Name;
  input(name: string, shape: OnnxValueInfo['shape']): Name;
  /** The model, with one output [B, …shape]. */
  finish(output: Name, name: string, shape: OnnxValueInfo['shape']): OnnxModel;
}

export function createOnnxBuilder(graphName: string): OnnxBuilder {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<Name, OnnxInitializer>();
  const inputs: OnnxValueInfo[] = [];

  const add = (opType: string, from: readonly Name[], attributes: readonly OnnxAttribute[], outputs = 1) => {
    const names = Array.from(
      { length: outputs },
      (_, i) => `${opType}_${nodes.length}${i === 0 ? '' : `_${i}`}`,
    );
    nodes.push({ name: names[0] ?? '', opType, domain: '', inputs: from, outputs: names, attributes });
    return names;
  };
  const constant = (
    name: Name,
    dims: readonly number[],
    dataType: number,
    values: Float32Array | BigInt64Array,
  ) => {
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    initializers.set(name, { name, dims, dataType, external: null, raw });
    return name;
  };
  const ints = (...values: readonly number[]) =>
    constant(
      `ints_${values.join('_')}`,
      [values.length],
      dataTypes.int64,
      BigInt64Array.from(values, BigInt),
    );

  return {
    node(opType, from, attributes = {}) {
      const [output = ''] = add(opType, from, Object.entries(attributes).map(attributeOf));
      return output;
    },
    split: (x, sizes, axis) =>
      add('Split', [x, ints(...sizes)], [{ name: 'axis', type: 'int', value: axis }], sizes.length),
    floats: (name, shape, values) => constant(name, shape, dataTypes.float32, values),
    ints,
    scalar: (value) => constant(`scalar_${value}`, [], dataTypes.float32, Float32Array.of(value)),
    input(name, shape) {
      inputs.push({ name, elementType: dataTypes.float32, shape });
      return name;
    },
    finish(output, name, shape) {
      nodes.push({ name, opType: 'Identity', domain: '', inputs: [output], outputs: [name], attributes: [] });
      return newModel({
        name: graphName,
        nodes,
        initializers: [...initializers.values()],
        inputs,
        outputs: [{ name, elementType: dataTypes.float32, shape }],
        sparseInitializers: 0,
      });
    },
  };
}

function attributeOf([name, value]: [string, AttributeValue | { readonly float: number }]): OnnxAttribute {
  if (typeof value === 'number') return { name, type: 'int', value };
  if (typeof value === 'string') return { name, type: 'string', value };
  return 'float' in value ? { name, type: 'float', value: value.float } : { name, type: 'ints', value };
}
