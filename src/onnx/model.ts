import type { Shape } from './dim.ts';

/** A graph: the main graph of a model, or the graph in an attribute. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** Number of sparse initializers. We never write them, so a reader can refuse the model. */
  readonly sparseInitializers: number;
}

/** The content of a model file as plain data. Nothing in it has been checked yet. */
export interface OnnxModel extends OnnxGraph {
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  /** Numbers of functions and of training sections. We never write them, so a reader can refuse the model. */
  readonly functions: number;
  readonly trainingInfos: number;
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
}

/** The types of attributes that we read and write, and their types in TypeScript. */
export interface AttributeContents {
  readonly float: number;
  readonly int: number;
  readonly string: string;
  /** Only foreign models have such attributes. */
  readonly tensor: OnnxInitializer;
  readonly graph: OnnxGraph;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
}
export type AttributeType = keyof AttributeContents;

type TypedAttribute<Type extends AttributeType> = {
  readonly name: string;
  readonly type: Type;
  readonly value: AttributeContents[Type];
};

/** An attribute of another type, or an attribute whose content does not have the type that it states. */
export interface UnsupportedAttribute {
  readonly name: string;
  readonly type: 'unsupported';
  /** The fields of AttributeProto that have content. */
  readonly fields: readonly string[];
}

export type OnnxAttribute =
  | { readonly [Type in AttributeType]: TypedAttribute<Type> }[AttributeType]
  | UnsupportedAttribute;

/** A part of another file. A number that the model states wrongly is NaN. */
export interface ExternalData {
  readonly location: string;
  /** Absent: the beginning of the file. */
  readonly offset?: number;
  /** Absent: as many bytes as the type and the sizes need. */
  readonly length?: number;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType. */
  readonly dataType: number;
  /** Where the values are in another file; null when they are in `raw`. */
  readonly external: ExternalData | null;
  /** The values, little-endian, from whichever field of the file holds them. */
  readonly raw: Uint8Array;
}

export interface OnnxValueInfo {
  readonly name: string;
  /** TensorProto.DataType. 0: the model does not state the type, and the shape is unknown too. */
  readonly elementType: number;
  readonly shape: Shape;
}

/** The graphs that a node's attributes hold. */
export const bodiesOf = ({ attributes }: OnnxNode): readonly OnnxGraph[] =>
  attributes.flatMap((each) => (each.type === 'graph' ? [each.value] : []));
