import type { Shape } from '../../onnx/dim.ts';
import { attributeTypes, dataTypes, IR_VERSION, ModelProto, OPSET } from '../../onnx/schema.ts';
import type { Program } from '../program.ts';
import { isOp, topologicalOrder, type Value } from '../value.ts';
import { bodyResultName, type Names, nameBody, nameValues, resultName } from './names.ts';

/** The program as the bytes of an ONNX model. The same program gives the same bytes. */
export function encodeModel(program: Program): Uint8Array {
  return ModelProto.encode({
    ir_version: IR_VERSION,
    producer_name: 'innerloop',
    graph: graphProto(program.name, program.inputs, Object.entries(program.outputs), nameValues(program)),
    opset_import: [{ domain: '', version: OPSET }],
  }).finish();
}

function graphProto(
  name: string,
  inputs: readonly Value[],
  outputs: readonly (readonly [name: string, value: Value])[],
  names: Names,
): object {
  const nodes: object[] = [];
  const initializers: object[] = [];
  for (const value of topologicalOrder(outputs.map(([, each]) => each))) {
    // An input is no node, and the results of a scan are those of the scan's node.
    if (isOp(value, 'Input') || isOp(value, 'ScanResult')) continue;
    if (isOp(value, 'Constant')) initializers.push(tensorProto(value, names.get(value) as string));
    else nodes.push(isOp(value, 'Scan') ? scanProto(value, names) : nodeProto(value, names));
  }
  for (const [output, value] of outputs) {
    if (names.get(value) === output) continue;
    nodes.push({ name: output, op_type: 'Identity', input: [names.get(value)], output: [output] });
  }
  return {
    name,
    node: nodes,
    initializer: initializers,
    input: inputs.map((value) => valueInfo(names.get(value) as string, value)),
    output: outputs.map(([output, value]) => valueInfo(output, value)),
  };
}

function nodeProto(value: Value, names: Names): object {
  const name = names.get(value);
  return {
    name,
    op_type: value.op,
    input: value.inputs.map((each) => names.get(each)),
    output: [name],
    attribute: Object.entries(value.attributes).map(([key, content]) => {
      if (typeof content !== 'number') return ints(key, content);
      return FLOATS.has(key) ? float(key, content) : int(key, content);
    }),
  };
}

/** Attributes that are no whole numbers, in every operator that has them. */
const FLOATS: ReadonlySet<string> = new Set(['alpha', 'beta']);
const float = (name: string, f: number): object => ({ name, type: attributeTypes.float, f });
const int = (name: string, i: number): object => ({ name, type: attributeTypes.int, i });
const ints = (name: string, values: readonly number[]): object => ({
  name,
  type: attributeTypes.ints,
  ints: values,
});

/** Captured values are no inputs of the node: its body names them. */
function scanProto(value: Value<'Scan'>, names: Names): object {
  const { body, carries, sequences, reverse } = value.attributes;
  const name = names.get(value) as string;
  const results = body.results.map((each, i) => [bodyResultName(name, i), each] as const);
  const backwards = (count: number): readonly number[] => Array<number>(count).fill(reverse ? 1 : 0);
  const graph = graphProto(
    name,
    body.parameters.slice(0, carries + sequences),
    results,
    nameBody(value, names),
  );
  return {
    name,
    op_type: 'Scan',
    input: value.inputs.slice(0, carries + sequences).map((each) => names.get(each)),
    output: results.map((_, i) => resultName(name, i)),
    attribute: [
      { name: 'body', type: attributeTypes.graph, g: graph },
      int('num_scan_inputs', sequences),
      ints('scan_input_directions', backwards(sequences)),
      ints('scan_output_directions', backwards(results.length - carries)),
    ],
  };
}

function tensorProto({ attributes, shape, dtype }: Value<'Constant'>, name: string): object {
  const { buffer, byteOffset, byteLength } = attributes.data;
  // ONNX is little-endian, as is every platform that onnxruntime-node has binaries for.
  return {
    name,
    dims: shape,
    data_type: dataTypes[dtype],
    raw_data: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

function valueInfo(name: string, { shape, dtype }: { shape: Shape; dtype: keyof typeof dataTypes }): object {
  const dim = shape.map((each) => (typeof each === 'number' ? { dim_value: each } : { dim_param: each }));
  return { name, type: { tensor_type: { elem_type: dataTypes[dtype], shape: { dim } } } };
}
