import { sizeOf } from '../tensor.ts';
import { type Message, writeAttribute } from './attributes.ts';
import type {
  ExternalData,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from './model.ts';
import { bytesPerElement, IR_VERSION, ModelProto, OPSET } from './schema.ts';

/** A model that contains this graph and states the versions that we write. */
export function newModel(graph: OnnxGraph): OnnxModel {
  return {
    irVersion: IR_VERSION,
    producer: 'innerloop',
    opsets: [{ domain: '', version: OPSET }],
    functions: 0,
    trainingInfos: 0,
    ...graph,
  };
}

/**
 * A model as the bytes of its file: `decodeModel` reads the same model back, with floats rounded to float32.
 * The same model gives the same bytes.
 *
 * @throws TypeError when the model has parts that cannot be written: functions, training sections, sparse
 * initializers, unsupported attributes, or content that is not of its attribute's type.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  refuse('functions', model.functions);
  refuse('training sections', model.trainingInfos);
  return ModelProto.encode({
    ir_version: model.irVersion,
    ...given('producer_name', model.producer),
    graph: graph(model),
    opset_import: model.opsets.map(({ domain, version }) => ({ domain, version })),
  }).finish();
}

function refuse(part: string, count: number): void {
  if (count > 0) throw new TypeError(`Expected a model without ${part}, got ${count}`);
}

/** protobuf reads an absent field as the empty text, so leaving the field out saves bytes. */
const given = (key: string, text: string): Message => (text === '' ? {} : { [key]: text });

function graph({ name, nodes, initializers, inputs, outputs, sparseInitializers }: OnnxGraph): Message {
  refuse('sparse initializers', sparseInitializers);
  return {
    ...given('name', name),
    node: nodes.map(node),
    initializer: initializers.map(initializer),
    input: inputs.map(valueInfo),
    output: outputs.map(valueInfo),
  };
}

function node({ name, opType, domain, inputs, outputs, attributes }: OnnxNode): Message {
  // Written out, without a spread: this is done for every node of a large graph.
  return {
    name: name || undefined,
    op_type: opType,
    domain: domain || undefined,
    input: inputs,
    output: outputs,
    attribute: attributes.map((each) => writeAttribute(each, { graph, tensor: initializer })),
  };
}

function initializer({ name, dims, dataType, external, raw }: OnnxInitializer): Message {
  const size = bytesPerElement(dataType);
  if (external)
    return { name, dims, data_type: dataType, data_location: EXTERNAL, external_data: entriesOf(external) };
  if (size !== undefined && raw.byteLength !== size * sizeOf(dims))
    throw new TypeError(`Expected ${size * sizeOf(dims)} bytes for ${name} [${dims}], got ${raw.byteLength}`);
  return { name, dims, data_type: dataType, raw_data: raw };
}

/** TensorProto.DataLocation.EXTERNAL */
const EXTERNAL = 1;

function entriesOf({ location, offset, length }: ExternalData): readonly Message[] {
  return Object.entries({ location, offset, length }).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: String(value) }],
  );
}

function valueInfo({ name, elementType, shape }: OnnxValueInfo): Message {
  if (elementType === 0) return { name };
  const dim = shape.map((each) => (typeof each === 'number' ? { dim_value: each } : { dim_param: each }));
  return { name, type: { tensor_type: { elem_type: elementType, shape: { dim } } } };
}
