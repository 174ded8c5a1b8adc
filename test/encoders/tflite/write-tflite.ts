import { Builder } from 'flatbuffers';

/** Types by their number in the schema of tflite. */
export const types = { float32: 0, float16: 1, int32: 2, uint8: 3, int8: 9 } as const;
export const codes = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONCATENATION: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEQUANTIZE: 6,
  FULLY_CONNECTED: 9,
  LOGISTIC: 14,
  MAX_POOL_2D: 17,
  MUL: 18,
  RELU: 19,
  RESHAPE: 22,
  SOFTMAX: 25,
  PAD: 34,
  MEAN: 40,
  SUB: 41,
  QUANTIZE: 114,
  HARD_SWISH: 117,
} as const;

export interface TensorDraft {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type?: keyof typeof types;
  /** The bytes of a constant. */
  readonly bytes?: Uint8Array;
  readonly quantization?: {
    readonly scales: readonly number[];
    readonly zeros: readonly number[];
    readonly axis: number;
  };
}

/** Options by their field in the table of the operator: `byte` fields are told apart by `bytes`. */
export interface OperatorDraft {
  readonly op: keyof typeof codes;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: Readonly<Record<number, number>>;
  readonly bytes?: readonly number[];
}

/** A tflite file with one network, for tests. */
export function writeTflite(
  tensors: readonly TensorDraft[],
  operators: readonly OperatorDraft[],
  [inputs, outputs]: readonly [readonly number[], readonly number[]],
): Uint8Array {
  const b = new Builder(1024);
  const ops = [...new Set(operators.map(({ op }) => op))];
  const vector = (offsets: readonly number[]) => {
    b.startVector(4, offsets.length, 4);
    for (const offset of offsets.toReversed()) b.addOffset(offset);
    return b.endVector();
  };
  const ints = (values: readonly number[]) => {
    b.startVector(4, values.length, 4);
    for (const value of values.toReversed()) b.addInt32(value);
    return b.endVector();
  };
  /** A table of offsets and numbers by field. */
  const table = (fields: readonly (readonly [field: number, add: () => void])[], size: number) => {
    b.startObject(size);
    for (const [, add] of fields) add();
    return b.endObject();
  };
  const offset = (field: number, value: number) => [field, () => b.addFieldOffset(field, value, 0)] as const;
  const int = (field: number, value: number) => [field, () => b.addFieldInt32(field, value, 0)] as const;
  const byte = (field: number, value: number) => [field, () => b.addFieldInt8(field, value, 0)] as const;

  const quantizationOf = ({ scales, zeros, axis }: NonNullable<TensorDraft['quantization']>) => {
    b.startVector(4, scales.length, 4);
    for (const scale of scales.toReversed()) b.addFloat32(scale);
    const scaleVector = b.endVector();
    b.startVector(8, zeros.length, 8);
    for (const zero of zeros.toReversed()) b.addInt64(BigInt(zero));
    const zeroVector = b.endVector();
    return table([offset(2, scaleVector), offset(3, zeroVector), int(6, axis)], 7);
  };

  const buffers = tensors.map(({ bytes = new Uint8Array() }) => {
    b.startVector(1, bytes.length, 8);
    for (const value of bytes.toReversed()) b.addInt8(value);
    const data = b.endVector();
    return table([offset(0, data)], 1);
  });
  const tensorTables = tensors.map(({ name, shape, type = 'float32', quantization }, i) => {
    const parts = [
      offset(0, ints(shape)),
      byte(1, types[type]),
      int(2, i),
      offset(3, b.createString(name)),
      ...(quantization ? [offset(4, quantizationOf(quantization))] : []),
    ];
    return table(parts, 8);
  });
  const operatorTables = operators.map(({ op, inputs: from, outputs: to, options = {}, bytes = [] }) => {
    const fields = Object.entries(options).map(([field, value]) =>
      bytes.includes(Number(field)) ? byte(Number(field), value) : int(Number(field), value),
    );
    const parts = [offset(1, ints(from)), offset(2, ints(to)), offset(4, table(fields, 8))];
    return table([int(0, ops.indexOf(op)), ...parts], 9);
  });
  const graphParts = [
    offset(0, vector(tensorTables)),
    offset(1, ints(inputs)),
    offset(2, ints(outputs)),
    offset(3, vector(operatorTables)),
  ];
  const graph = table(graphParts, 5);
  const codeTables = ops.map((op) => table([byte(0, codes[op]), int(3, codes[op])], 4));
  const rootParts = [
    int(0, 3),
    offset(1, vector(codeTables)),
    offset(2, vector([graph])),
    offset(4, vector(buffers)),
  ];
  b.finish(table(rootParts, 8), 'TFL3');
  return b.asUint8Array().slice();
}
