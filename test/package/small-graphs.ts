import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxNode } from '../../src/onnx/model.ts';
import { dataTypes } from '../../src/onnx/schema.ts';

export const ints = (name: string, values: readonly number[]): OnnxInitializer => ({
  name,
  dims: [values.length],
  dataType: dataTypes.int64,
  external: null,
  raw: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});
export const node = (
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly OnnxAttribute[] = [],
): OnnxNode => ({ name: output, opType, domain: '', inputs, outputs: [output], attributes });
export const graphOf = (
  nodes: readonly OnnxNode[],
  initializers: readonly OnnxInitializer[] = [],
): OnnxGraph => ({
  name: 'g',
  nodes,
  initializers,
  inputs: [],
  outputs: [],
  sparseInitializers: 0,
});
export const axes = (start: number, end: number): readonly OnnxAttribute[] =>
  Object.entries({ start, end }).map(([name, value]) => ({ name, type: 'int', value }));
export const list = (name: string, value: readonly number[]): OnnxAttribute => ({
  name,
  type: 'ints',
  value,
});

/** One operator, with `sizes` as its input s. */
export const sized = (opType: string, inputs: readonly string[], sizes: readonly number[]): OnnxGraph =>
  graphOf([node(opType, inputs, 'y')], [ints('s', sizes)]);
