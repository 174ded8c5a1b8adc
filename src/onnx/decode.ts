import { sizeOf, type Tensor } from '../tensor.ts';
import { type Message, readAttribute } from './attributes.ts';
import type { Dim } from './dim.ts';
import type {
  ExternalData,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from './model.ts';
import { dataTypes, ModelProto } from './schema.ts';
import { typedValues } from './typed-values.ts';

const list = (message: Message | undefined, key: string): readonly Message[] =>
  (message?.[key] as readonly Message[] | undefined) ?? [];
const text = (message: Message, key: string): string => (message[key] as string | undefined) ?? '';
const number = (message: Message | undefined, key: string): number => Number(message?.[key] ?? 0);
const member = (message: Message | undefined, key: string): Message | undefined =>
  message?.[key] as Message | undefined;

/**
 * The content of a model file; the inverse of `encodeModel`.
 * @throws Error when the bytes are not protobuf of an ONNX model.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const model = ModelProto.toObject(ModelProto.decode(bytes), { longs: Number, arrays: true }) as Message;
  const content = member(model, 'graph');
  if (!content) throw new Error('Expected a model with a graph, got none');
  return {
    ...graph(content),
    irVersion: number(model, 'ir_version'),
    producer: text(model, 'producer_name'),
    opsets: list(model, 'opset_import').map((each) => ({
      domain: text(each, 'domain'),
      version: number(each, 'version'),
    })),
    functions: list(model, 'functions').length,
    trainingInfos: list(model, 'training_info').length,
  };
}

/** protobufjs limits how deep messages are nested, so this recursion cannot exhaust the stack. */
function graph(message: Message): OnnxGraph {
  return {
    name: text(message, 'name'),
    nodes: list(message, 'node').map(node),
    initializers: list(message, 'initializer').map(initializer),
    inputs: list(message, 'input').map(valueInfo),
    outputs: list(message, 'output').map(valueInfo),
    sparseInitializers: list(message, 'sparse_initializer').length,
  };
}

function node(message: Message): OnnxNode {
  return {
    name: text(message, 'name'),
    opType: text(message, 'op_type'),
    domain: text(message, 'domain'),
    inputs: message.input as readonly string[],
    outputs: message.output as readonly string[],
    attributes: list(message, 'attribute').map((each) => readAttribute(each, { graph, tensor: initializer })),
  };
}

function initializer(message: Message): OnnxInitializer {
  return {
    name: text(message, 'name'),
    dims: message.dims as readonly number[],
    dataType: number(message, 'data_type'),
    external: externalData(message),
    raw: rawValues(message),
  };
}

/** Other tools may write values as lists of numbers. Empty when several fields hold values: that is not a tensor. */
function rawValues(message: Message): Uint8Array {
  const raw = (message.raw_data as Uint8Array | undefined) ?? new Uint8Array();
  const typed = typedValues(message);
  if (!typed) return raw;
  return raw.length === 0 ? typed : new Uint8Array();
}

const EXTERNAL_KEYS = ['location', 'offset', 'length'];

/** Another key, such as a checksum, makes both numbers NaN, so that a reader refuses it. */
function externalData(message: Message): ExternalData | null {
  const entries = list(message, 'external_data').map(
    (each) => [text(each, 'key'), text(each, 'value')] as const,
  );
  if (number(message, 'data_location') === 0 && entries.length === 0) return null;
  const given = new Map(entries);
  const isKnown = given.size === entries.length && entries.every(([key]) => EXTERNAL_KEYS.includes(key));
  const stated = (key: 'offset' | 'length') => {
    if (!isKnown) return { [key]: Number.NaN };
    return given.has(key) ? { [key]: Number(given.get(key)) } : {};
  };
  return { location: given.get('location') ?? '', ...stated('offset'), ...stated('length') };
}

function valueInfo(message: Message): OnnxValueInfo {
  const type = member(member(message, 'type'), 'tensor_type');
  const shape = list(member(type, 'shape'), 'dim').map(
    (dim): Dim => (dim.dim_param ? text(dim, 'dim_param') : number(dim, 'dim_value')),
  );
  return { name: text(message, 'name'), elementType: number(type, 'elem_type'), shape };
}

/**
 * An initializer's float32 values. @throws TypeError for other types, for values in another file and for a wrong number
 * of values.
 */
export function tensorOf({ name, dims, dataType, external, raw }: OnnxInitializer): Tensor {
  if (dataType !== dataTypes.float32 || external)
    throw new TypeError(`Expected ${name} to hold float32 values`);
  if (raw.byteLength !== 4 * sizeOf(dims))
    throw new TypeError(`Expected ${4 * sizeOf(dims)} bytes for ${name} [${dims}], got ${raw.byteLength}`);
  // A Float32Array must be aligned and the bytes may start at any offset of the file, so copy them.
  return { shape: dims, data: new Float32Array(Uint8Array.from(raw).buffer) };
}
