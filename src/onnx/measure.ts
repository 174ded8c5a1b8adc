import protobuf from 'protobufjs';
import { ModelProto } from './schema.ts';

/** How much there is to decode in a model, read from the wire format without decoding. */
export interface ModelSize {
  /** Nodes of the graph and of all graphs within its nodes. */
  readonly nodes: number;
  /** Nodes, names, attributes, tensors: each becomes an object. */
  readonly parts: number;
  /** Bytes of these parts, without the values of tensors. */
  readonly bytes: number;
  /** Bytes of memory for numbers in lists: a decoder makes an object of each 64-bit integer, of one byte in the file. */
  readonly listBytes: number;
}

const LENGTH_DELIMITED = 2;
/** Messages within each other: a graph in a node is three. */
const MAX_DEPTH = 32;

/** Bytes of memory for each byte of a list of numbers. The decoder makes an object of each integer of 64 bits. */
const LIST_BYTES: Readonly<Record<string, number>> = { float: 2, double: 1, int32: 8, int64: 64, uint64: 64 };

/** How the decoder treats a field. It skips fields that the schema does not have, such as documentation. */
type Field =
  | { readonly message: protobuf.Type }
  | { readonly list: number }
  | { readonly content: 'counted' | 'values' };

function fieldsOf({ fieldsArray }: protobuf.Type): ReadonlyMap<number, Field> {
  return new Map(
    fieldsArray.map((field): readonly [number, Field] => {
      const { id, name, type, repeated, resolvedType } = field.resolve();
      if (resolvedType instanceof protobuf.Type) return [id, { message: resolvedType }];
      const list = repeated ? LIST_BYTES[type] : undefined;
      if (list !== undefined) return [id, { list }];
      return [id, { content: name === 'raw_data' ? 'values' : 'counted' }];
    }),
  );
}

/**
 * Counts what a decoder would make of a model, in one pass without allocation.
 * @throws Error when the bytes are not protobuf, or graphs are nested too deep
 */
export function measureModel(bytes: Uint8Array): ModelSize {
  const reader = protobuf.Reader.create(bytes);
  const size = { nodes: 0, parts: 0, bytes: 0, listBytes: 0 };
  const layouts = new Map<protobuf.Type, ReadonlyMap<number, Field>>();

  function read(type: protobuf.Type, end: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new Error(`Expected parts at most ${MAX_DEPTH} deep, got more`);
    const layout = layouts.get(type) ?? fieldsOf(type);
    layouts.set(type, layout);
    while (reader.pos < end) {
      const tag = reader.uint32();
      const [field, wire] = [layout.get(tag >>> 3), tag & 7];
      if (wire !== LENGTH_DELIMITED) {
        reader.skipType(wire);
        if (field && 'list' in field) size.listBytes += Math.max(8, field.list);
        else if (field) size.bytes += 1;
        continue;
      }
      const length = reader.uint32();
      const until = reader.pos + length;
      if (until > end) throw new Error('Expected a part within its message, got a longer one');
      if (field && 'message' in field) {
        size.parts += 1;
        if (field.message.name === 'NodeProto') size.nodes += 1;
        read(field.message, until, depth + 1);
        continue;
      }
      if (field && 'list' in field) size.listBytes += length * field.list;
      else if (field) {
        size.parts += 1;
        if (field.content === 'counted') size.bytes += length;
      }
      reader.skip(length);
    }
  }

  read(ModelProto, bytes.length, 0);
  return size;
}
