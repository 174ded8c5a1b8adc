import type { Shape } from '../dim.ts';
import type { Program } from '../program.ts';
import { isOp, topologicalOrder, type Value } from '../value.ts';
import { attributeTypes, dataTypes, IR_VERSION, ModelProto, OPSET } from './schema.ts';

/** The program as the bytes of an ONNX model. The same program gives the same bytes. */
export function encodeModel(program: Program): Uint8Array {
  const names = nameValues(program);
  const nodes: object[] = [];
  const initializers: object[] = [];
  for (const value of topologicalOrder(Object.values(program.outputs))) {
    const name = names.get(value) as string;
    if (isOp(value, 'Input')) continue;
    if (isOp(value, 'Constant')) initializers.push(tensorProto(value, name));
    else nodes.push(nodeProto(value, names, name));
  }
  for (const [output, value] of Object.entries(program.outputs)) {
    if (names.get(value) === output) continue;
    nodes.push({ name: output, op_type: 'Identity', input: [names.get(value)], output: [output] });
  }
  const graph = {
    name: program.name,
    node: nodes,
    initializer: initializers,
    input: program.inputs.map((value) => valueInfo(value.attributes.name, value)),
    output: Object.entries(program.outputs).map(([name, value]) => valueInfo(name, value)),
  };
  return ModelProto.encode({
    ir_version: IR_VERSION,
    producer_name: 'innerloop',
    graph,
    opset_import: [{ domain: '', version: OPSET }],
  }).finish();
}

/** Inputs and weights keep their names; an output names the node that makes it; the rest are numbered. */
function nameValues({ inputs, outputs }: Program): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  const taken = new Set([...inputs.map(({ attributes }) => attributes.name), ...Object.keys(outputs)]);
  for (const [name, value] of Object.entries(outputs)) {
    if (!isOp(value, 'Input') && !isOp(value, 'Constant') && !names.has(value)) names.set(value, name);
  }
  topologicalOrder(Object.values(outputs)).forEach((value, i) => {
    if (names.has(value)) return;
    const wanted = isOp(value, 'Input') || isOp(value, 'Constant') ? value.attributes.name : undefined;
    const free = wanted !== undefined && (isOp(value, 'Input') || !taken.has(wanted));
    let name = free ? wanted : `${value.op}_${i}`;
    while (!free && taken.has(name)) name += '_';
    taken.add(name);
    names.set(value, name);
  });
  return names;
}

function nodeProto(value: Value, names: ReadonlyMap<Value, string>, name: string): object {
  return {
    name,
    op_type: value.op,
    input: value.inputs.map((each) => names.get(each)),
    output: [name],
    attribute: Object.entries(value.attributes).map(([key, content]) =>
      typeof content === 'number'
        ? { name: key, type: attributeTypes.int, i: content }
        : { name: key, type: attributeTypes.ints, ints: content },
    ),
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
