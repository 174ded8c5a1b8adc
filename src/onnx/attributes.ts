import type { AttributeContents, AttributeType, OnnxAttribute, OnnxGraph, OnnxInitializer } from './model.ts';
import { attributeTypes } from './schema.ts';

/** A decoded protobuf message, as protobufjs returns it. */
export type Message = Readonly<Record<string, unknown>>;

/** The field of AttributeProto that holds the content of each type. */
const FIELDS: Readonly<Record<AttributeType, string>> = {
  float: 'f',
  int: 'i',
  string: 's',
  tensor: 't',
  graph: 'g',
  floats: 'floats',
  ints: 'ints',
  strings: 'strings',
};

/** Every field of AttributeProto that can hold content. */
const ALL_FIELDS = [
  ...Object.values(FIELDS),
  ...['tensors', 'graphs', 'sparse_tensor', 'sparse_tensors', 'ref_attr_name'],
];

/** How the messages that an attribute can contain are read. */
interface ReadParts {
  readonly graph: (message: Message) => OnnxGraph;
  readonly tensor: (message: Message) => OnnxInitializer;
}

type Readers = {
  readonly [Type in AttributeType]: (content: unknown, read: ReadParts) => AttributeContents[Type];
};

const textOf = (bytes: unknown): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes as Uint8Array | undefined);

/** protobuf leaves out a field that has its default value. */
const readers: Readers = {
  float: (content) => Number(content ?? 0),
  int: (content) => Number(content ?? 0),
  string: textOf,
  tensor: (content, { tensor }) => tensor((content ?? {}) as Message),
  graph: (content, { graph }) => graph((content ?? {}) as Message),
  floats: (content) => content as readonly number[],
  ints: (content) => content as readonly number[],
  strings: (content) => (content as readonly Uint8Array[]).map(textOf),
};

const typeOf = (message: Message): AttributeType | undefined =>
  (Object.keys(attributeTypes) as AttributeType[]).find((type) => attributeTypes[type] === message.type);

/**
 * An attribute with content in a field of another type than its own is unsupported, because a runtime might read that
 * content.
 */
export function readAttribute(message: Message, parts: ReadParts): OnnxAttribute {
  const name = String(message.name ?? '');
  const fields = ALL_FIELDS.filter((field) => {
    const content = message[field];
    return Array.isArray(content) ? content.length > 0 : content !== undefined && content !== null;
  });
  const type = typeOf(message);
  if (!type || fields.some((field) => field !== FIELDS[type])) return { name, type: 'unsupported', fields };
  return { name, type, value: readers[type](message[FIELDS[type]], parts) } as OnnxAttribute;
}

/** How the messages that an attribute can contain are written. */
interface WriteParts {
  readonly graph: (graph: OnnxGraph) => Message;
  readonly tensor: (tensor: OnnxInitializer) => Message;
}

type Writers = {
  readonly [Type in AttributeType]: (content: AttributeContents[Type], write: WriteParts) => unknown;
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const writers: Writers = {
  float: requireFloat,
  int: requireInt,
  string: bytesOf,
  tensor: (content, { tensor }) => tensor(content),
  graph: (content, { graph }) => graph(content),
  floats: (content) => content.map(requireFloat),
  ints: (content) => content.map(requireInt),
  strings: (content) => content.map(bytesOf),
};

/** @throws TypeError when the content is not of the attribute's type. */
export function writeAttribute(attribute: OnnxAttribute, parts: WriteParts): Message {
  const { name, type } = attribute;
  if (type === 'unsupported')
    throw new TypeError(
      `Expected attribute ${name} to be of a known type, got ${attribute.fields.join(', ')}`,
    );
  const write = writers[type] as (content: unknown, parts: WriteParts) => unknown;
  try {
    return { name, type: attributeTypes[type], [FIELDS[type]]: write(attribute.value, parts) };
  } catch (cause) {
    throw new TypeError(`Attribute ${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function requireInt(content: number): number {
  if (Number.isSafeInteger(content)) return content;
  throw new TypeError(`expected an integer, got ${content}`);
}

/** ONNX stores floats as float32, so a number outside the range of float32 would become infinite. */
function requireFloat(content: number): number {
  if (typeof content === 'number' && Number.isFinite(Math.fround(content)) === Number.isFinite(content))
    return content;
  throw new TypeError(`expected a number in the range of float32, got ${content}`);
}
