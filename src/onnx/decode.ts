import { sizeOf, type Tensor } from '../tensor.ts';
import type { Dim, Shape } from './dim.ts';
import { dataTypes, ModelProto } from './schema.ts';

/** A graph: a model's, or one that an attribute holds. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** A part of the format that we never write: a reason to refuse a model. */
  readonly sparseInitializers: number;
}

/** What a model file says, before anything of it is believed. */
export interface OnnxModel extends OnnxGraph {
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  /** Parts of the format that we never write: each is a reason to refuse a model. */
  readonly functions: number;
  readonly trainingInfos: number;
}

export interface OnnxNode {
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
}

export interface OnnxAttribute {
  readonly name: string;
  /** A graph that it holds: the body of a scan. */
  readonly graph: OnnxGraph | null;
  /** Holds a list of graphs, a tensor or a sparse tensor: nothing that our operators take. */
  readonly nested: boolean;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType. */
  readonly dataType: number;
  /** Whether the values lie in another file. */
  readonly external: boolean;
  readonly raw: Uint8Array;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly elementType: number;
  readonly shape: Shape;
}

interface Raw {
  readonly [key: string]: unknown;
}
const list = (raw: Raw | undefined, key: string): readonly Raw[] =>
  (raw?.[key] as readonly Raw[] | undefined) ?? [];
const text = (raw: Raw, key: string): string => (raw[key] as string | undefined) ?? '';
const number = (raw: Raw | undefined, key: string): number => Number(raw?.[key] ?? 0);
const member = (raw: Raw | undefined, key: string): Raw | undefined => raw?.[key] as Raw | undefined;

/** @throws Error when the bytes are not protobuf of an ONNX model. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const model = ModelProto.toObject(ModelProto.decode(bytes), { longs: Number, arrays: true }) as Raw;
  const content = member(model, 'graph');
  if (!content) throw new Error('Expected a model with a graph, got none');
  return {
    ...graph(content),
    irVersion: number(model, 'ir_version'),
    opsets: list(model, 'opset_import').map((each) => ({
      domain: text(each, 'domain'),
      version: number(each, 'version'),
    })),
    functions: list(model, 'functions').length,
    trainingInfos: list(model, 'training_info').length,
  };
}

/** Graphs lie within each other no deeper than protobufjs decodes messages, which is no more than our stack allows. */
function graph(raw: Raw): OnnxGraph {
  return {
    nodes: list(raw, 'node').map(node),
    initializers: list(raw, 'initializer').map(initializer),
    inputs: list(raw, 'input').map(valueInfo),
    outputs: list(raw, 'output').map(valueInfo),
    sparseInitializers: list(raw, 'sparse_initializer').length,
  };
}

/** An initializer's float32 values. @throws TypeError for other types, for values kept elsewhere and for too few or too many. */
export function tensorOf({ name, dims, dataType, external, raw }: OnnxInitializer): Tensor {
  if (dataType !== dataTypes.float32 || external)
    throw new TypeError(`Expected ${name} to hold float32 values`);
  if (raw.byteLength !== 4 * sizeOf(dims))
    throw new TypeError(`Expected ${4 * sizeOf(dims)} bytes for ${name} [${dims}], got ${raw.byteLength}`);
  // The bytes sit at any offset of the file: copy them to where a Float32Array may stand.
  return { shape: dims, data: new Float32Array(Uint8Array.from(raw).buffer) };
}

function node(raw: Raw): OnnxNode {
  return {
    opType: text(raw, 'op_type'),
    domain: text(raw, 'domain'),
    inputs: raw.input as readonly string[],
    outputs: raw.output as readonly string[],
    attributes: list(raw, 'attribute').map(attribute),
  };
}

function attribute(raw: Raw): OnnxAttribute {
  const held = member(raw, 'g');
  return {
    name: text(raw, 'name'),
    graph: held ? graph(held) : null,
    nested:
      ['t', 'sparse_tensor'].some((key) => raw[key]) ||
      ['graphs', 'tensors', 'sparse_tensors'].some((key) => list(raw, key).length > 0),
  };
}

function initializer(raw: Raw): OnnxInitializer {
  return {
    name: text(raw, 'name'),
    dims: raw.dims as readonly number[],
    dataType: number(raw, 'data_type'),
    external: number(raw, 'data_location') !== 0 || list(raw, 'external_data').length > 0,
    raw: (raw.raw_data as Uint8Array | undefined) ?? new Uint8Array(),
  };
}

function valueInfo(raw: Raw): OnnxValueInfo {
  const type = member(member(raw, 'type'), 'tensor_type');
  const shape = list(member(type, 'shape'), 'dim').map(
    (dim): Dim => (dim.dim_param ? text(dim, 'dim_param') : number(dim, 'dim_value')),
  );
  return { name: text(raw, 'name'), elementType: number(type, 'elem_type'), shape };
}
