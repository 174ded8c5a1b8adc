import { sizeOf } from '../../tensor.ts';
import { invalidTflite, rootTable, type Table } from './flatbuffer.ts';
import { constantOf, type StoredType, storedTypes } from './values.ts';

/** A network of a tflite file. Tensors are channels last: pictures [1, height, width, channels]. */
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  /** In the order of computing. */
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: StoredType;
  /** The values of a constant as float32; of a quantised one dequantised. Undefined: the tensor is computed. */
  readonly constant: (() => Float32Array) | undefined;
  /** Whether the values are real numbers: floats, or integers with a scale. */
  readonly isReal: boolean;
  /** Where one scale counts for all values: value = scale · (stored − zero). */
  readonly scaling: () => { readonly scale: number; readonly zero: number } | undefined;
}

export interface TfliteOperator {
  /** The name in the schema, such as `CONV_2D`. */
  readonly op: string;
  /** Numbers of tensors; −1 for an optional input that is absent. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The operator's own table of options. */
  readonly options: Table | undefined;
}

const MAX_BYTES = 64 * 1024 * 1024;
/** Of one tensor. The largest of MobileNetV2 has some two million. */
const MAX_VALUES = 2 ** 26;

/** Operators by their number in the schema: those of the networks that encoders are made from. */
const OPERATORS: Readonly<Record<number, string>> = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  9: 'FULLY_CONNECTED',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  21: 'RELU6',
  22: 'RESHAPE',
  25: 'SOFTMAX',
  28: 'TANH',
  34: 'PAD',
  40: 'MEAN',
  41: 'SUB',
  42: 'DIV',
  43: 'SQUEEZE',
  55: 'MAXIMUM',
  57: 'MINIMUM',
  70: 'EXPAND_DIMS',
  114: 'QUANTIZE',
  117: 'HARD_SWISH',
};

/**
 * Reads the first network of a tflite file. Every size is compared with the bytes that are there before memory is
 * allocated, and each number of a tensor with the list of tensors.
 *
 * @throws InnerloopError `invalid_package`
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
 */
export function readTflite(file: Uint8Array): TfliteModel {
  if (file.length > MAX_BYTES) throw invalidTflite(`expected at most ${MAX_BYTES} bytes, got ${file.length}`);
  const root = rootTable(file, 'TFL3');
  const codes = root.tables(1).map((code) => Math.max(code.byte(0), code.int(3)));
  const [graph] = root.tables(2);
  if (!graph) throw invalidTflite('expected a network, got none');
  const buffers = root.tables(4);
  const tensors = graph.tables(0).map((each) => tensorOf(each, buffers));
  const numbers = (list: readonly number[], least: number) => {
    const wrong = list.find((number) => number < least || number >= tensors.length);
    if (wrong !== undefined) throw invalidTflite(`expected a tensor below ${tensors.length}, got ${wrong}`);
    return list;
  };
  return {
    tensors,
    inputs: numbers(graph.ints(1), 0),
    outputs: numbers(graph.ints(2), 0),
    operators: graph.tables(3).map((each) => ({
      op: operatorName(codes, each.int(0)),
      inputs: numbers(each.ints(1), -1),
      outputs: numbers(each.ints(2), 0),
      options: each.table(4),
    })),
  };
}

function operatorName(codes: readonly number[], index: number): string {
  const code = codes[index];
  if (code === undefined)
    throw invalidTflite(`expected an operator code below ${codes.length}, got ${index}`);
  return OPERATORS[code] ?? `operator ${code}`;
}

function oneScale(scaling: Table | undefined) {
  if (scaling?.floatCount(2) !== 1) return undefined;
  const [[scale = 0], [zero = 0]] = [scaling.floats(2), scaling.longs(3)];
  return scale > 0 && Number.isFinite(scale) ? { scale, zero } : undefined;
}

function tensorOf(table: Table, buffers: readonly Table[]): TfliteTensor {
  const [name, shape] = [table.text(3), table.ints(0)];
  if (shape.some((dim) => dim < 0) || sizeOf(shape) > MAX_VALUES) {
    throw invalidTflite(`expected a tensor ${name} of at most ${MAX_VALUES} values, got [${shape}]`);
  }
  const type = storedTypes[table.byte(1)];
  if (!type) throw invalidTflite(`expected a type of ${name} that is known, got ${table.byte(1)}`);
  const number = table.int(2);
  const buffer = buffers[number];
  if (!buffer) throw invalidTflite(`expected a buffer of ${name} below ${buffers.length}, got ${number}`);
  const bytes = buffer.bytes(0);
  const scaling = table.table(4);
  const isReal = type.isFloat === true || (scaling?.floatCount(2) ?? 0) > 0;
  const facts = { name, shape, type, isReal, scaling: () => oneScale(scaling) };
  if (bytes.length === 0) return { ...facts, constant: undefined };
  if (bytes.length !== sizeOf(shape) * type.bytes) {
    const expected = `${sizeOf(shape) * type.bytes} bytes of ${name} [${shape}]`;
    throw invalidTflite(`expected ${expected}, got ${bytes.length}`);
  }
  return { ...facts, constant: () => constantOf(bytes, type, shape, scaling) };
}
