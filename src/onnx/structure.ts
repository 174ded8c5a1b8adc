import protobuf from 'protobufjs';

/** Field numbers of the path to the values of weights: model.graph.initializer.raw_data. */
const PATH_TO_VALUES = [7, 5, 9];
const LENGTH_DELIMITED = 2;

/**
 * Size of a model without the values of its weights, read from the wire format without decoding. Decoding turns these
 * bytes into objects that take a hundred times as much memory, so a reader must check this size first.
 *
 * @throws Error when the bytes are not protobuf.
 * @see https://protobuf.dev/programming-guides/encoding
 */
export function structureBytes(model: Uint8Array): number {
  const reader = protobuf.Reader.create(model);
  return model.length - valueBytes(reader, model.length, PATH_TO_VALUES);
}

/** Length of the fields at the end of `path` in the message that ends at `end`. */
function valueBytes(reader: protobuf.Reader, end: number, [wanted, ...rest]: readonly number[]): number {
  let total = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 !== wanted || (tag & 7) !== LENGTH_DELIMITED) {
      reader.skipType(tag & 7);
      continue;
    }
    const length = reader.uint32();
    if (rest.length > 0) total += valueBytes(reader, reader.pos + length, rest);
    else {
      reader.skip(length);
      total += length;
    }
  }
  return total;
}
