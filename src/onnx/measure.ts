import protobuf from 'protobufjs';

/** How much there is to decode in a model, read from the wire format without decoding. */
export interface ModelSize {
  /** Nodes of the graph and of all graphs within its nodes. */
  readonly nodes: number;
  /** Nodes, names, attributes, tensors: each becomes an object. */
  readonly parts: number;
  /** Bytes of these parts, without the values of tensors. */
  readonly bytes: number;
}

const LENGTH_DELIMITED = 2;
const MAX_DEPTH = 8;

/** The fields of a message that contain messages. Fields with values of tensors are `values`; others are content. */
interface Layout {
  readonly messages: Readonly<Record<number, () => Layout>>;
  /** Fields whose length does not count. */
  readonly values?: readonly number[];
  /** Fields that the decoder reads. All others it skips, as documentation. */
  readonly content: readonly number[];
}

const leaf: Layout = { messages: {}, content: [1, 2, 3] };
const tensor: Layout = { messages: { 13: () => leaf }, values: [4, 5, 7, 9, 10, 11], content: [1, 2, 8, 14] };
const attribute: Layout = {
  messages: { 5: () => tensor, 6: () => graph, 10: () => tensor, 11: () => graph },
  content: [1, 2, 3, 4, 7, 8, 9, 20, 21, 22, 23],
};
const node: Layout = { messages: { 5: () => attribute }, content: [1, 2, 3, 4, 7] };
const graph: Layout = {
  messages: { 1: () => node, 5: () => tensor, 11: () => leaf, 12: () => leaf },
  content: [2, 15],
};
const model: Layout = { messages: { 7: () => graph, 8: () => leaf }, content: [1, 2, 3, 20, 25] };

/**
 * Counts what a decoder would make of a model, in one pass without allocation.
 * @throws Error when the bytes are not protobuf, or graphs are nested too deep
 */
export function measureModel(bytes: Uint8Array): ModelSize {
  const reader = protobuf.Reader.create(bytes);
  const size = { nodes: 0, parts: 0, bytes: 0 };

  function read(layout: Layout, end: number, depth: number): void {
    if (depth > 4 * MAX_DEPTH) throw new Error(`Expected graphs at most ${MAX_DEPTH} deep, got more`);
    while (reader.pos < end) {
      const tag = reader.uint32();
      const [field, wire] = [tag >>> 3, tag & 7];
      if (wire !== LENGTH_DELIMITED) {
        reader.skipType(wire);
        size.bytes += layout.content.includes(field) ? 1 : 0;
        continue;
      }
      const length = reader.uint32();
      const until = reader.pos + length;
      if (until > end) throw new Error('Expected a part within its message, got a longer one');
      const inner = layout.messages[field];
      if (inner) {
        size.parts += 1;
        if (inner() === node) size.nodes += 1;
        read(inner(), until, depth + 1);
      } else {
        if (layout.content.includes(field)) {
          size.parts += 1;
          size.bytes += length;
        }
        reader.skip(length);
      }
    }
  }

  read(model, bytes.length, 0);
  return size;
}
