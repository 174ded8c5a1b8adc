import { float16 } from '../../onnx/float16.ts';
import type { OnnxInitializer } from '../../onnx/model.ts';
import { type StoredType, storedBytes, storedTypeOf } from '../../onnx/typed-values.ts';
import { sizeOf } from '../../tensor.ts';
import { constant } from '../ops/index.ts';
import type { DType, Value } from '../value.ts';
import { type Budget, refuse, Unreadable } from './refusal.ts';

/**
 * A tensor that is known while a model is read. Integers and truth values are held as float64, which is exact up to 2⁵³;
 * larger ones only mark "to the end" of an axis.
 */
export interface Folded {
  readonly type: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** The name of the initializer that it comes from. */
  readonly name?: string;
  /** Its type in the file, where it comes from there as it is. */
  readonly stored?: StoredType;
}

/** A tensor of the model as it was read. */
export type Entry = Folded | Value;

export const isFolded = (entry: Entry): entry is Folded => !('op' in entry);
export const typeOf = (entry: Entry): DType => (isFolded(entry) ? entry.type : entry.dtype);

const MAX_RANK = 16;
/** Beyond it, products of sizes are not exact. */
const MAX_SIZE = 2 ** 40;

/** @throws InnerloopError `invalid_package` for more axes than any network has, or for other sizes */
export function requireAxes(shape: Entry['shape'], what: string): void {
  const isSize = (dim: unknown) => Number.isSafeInteger(dim) && Number(dim) >= 0 && Number(dim) <= MAX_SIZE;
  if (shape.length > MAX_RANK || !shape.every((dim) => typeof dim === 'string' || isSize(dim)))
    throw refuse(`sizes of 0 or more along at most ${MAX_RANK} axes for ${what}`, `[${shape.slice(0, 32)}]`);
}

/** A tensor of zeros, counted before it is allocated. */
export function allocate(budget: Budget, type: DType, shape: readonly number[], what: string): Folded {
  requireAxes(shape, what);
  const size = sizeOf(shape);
  budget.take(size * (type === 'float32' ? 4 : 8), `${what} [${shape}]`);
  const data = type === 'float32' ? new Float32Array(size) : new Float64Array(size);
  budget.own(data.buffer);
  return { type, shape, data };
}

export const ofNumbers = (type: DType, shape: readonly number[], numbers: readonly number[]): Folded => ({
  type,
  shape,
  data: type === 'float32' ? Float32Array.from(numbers) : Float64Array.from(numbers),
});

/** A list of int64. */
export const listOf = (numbers: readonly number[]): Folded => ofNumbers('int64', [numbers.length], numbers);

export const foldedType = (stored: StoredType): DType =>
  stored === 'bool' ? 'bool' : stored.startsWith('float') ? 'float32' : 'int64';

type Read = (view: DataView, at: number) => number;

const readers: Readonly<Record<StoredType, Read>> = {
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
  float16: (view, at) => float16(view.getUint16(at, true)),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  uint64: (view, at) => Number(view.getBigUint64(at, true)),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
};

/** The bytes of values that lie in another file. */
export type ReadExternal = (initializer: OnnxInitializer) => Uint8Array;

/**
 * The tensor of an initializer or of an attribute.
 * @throws InnerloopError `invalid_package` when shape and values disagree, Unreadable for a type such as text
 */
export function foldedOf(initializer: OnnxInitializer, budget: Budget, external: ReadExternal): Folded {
  const { name, dims, dataType } = initializer;
  const stored = storedTypeOf(dataType);
  if (!stored) throw new Unreadable(`expected ${name || 'a constant'} to hold numbers, got type ${dataType}`);
  const raw = initializer.external ? external(initializer) : initializer.raw;
  const what = name || 'a constant';
  const width = storedBytes[stored];
  if (dims.some((dim) => !(Number.isSafeInteger(dim) && dim >= 0)) || raw.byteLength !== width * sizeOf(dims))
    throw refuse(`${width} bytes for each value of ${what} [${dims}]`, `${raw.byteLength} bytes`);
  const facts = { stored, ...(name !== '' && { name }) };
  // Weights of 8 bits only take part in arithmetic, which float32 does exactly in a half of the memory.
  const made = allocate(
    budget,
    width === 1 && stored !== 'bool' ? 'float32' : foldedType(stored),
    dims,
    what,
  );
  if (stored === 'float32') {
    new Uint8Array(made.data.buffer).set(raw);
  } else {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    for (let i = 0; i < made.data.length; i++) made.data[i] = readers[stored](view, i * width);
  }
  return { ...made, ...facts };
}

/** The same numbers as another type. */
export function castTo(x: Folded, type: DType, budget: Budget): Folded {
  if (x.type === type) return x;
  const made = allocate(budget, type, x.shape, 'Cast');
  for (let i = 0; i < made.data.length; i++) {
    const number = x.data[i] ?? 0;
    made.data[i] = type === 'bool' ? Number(number !== 0) : type === 'int64' ? Math.trunc(number) : number;
  }
  return made;
}

const values = new WeakMap<Folded, Value>();

/** The constant as a value; always the same one. Only weights keep their names: rules read numbers from unnamed ones. */
export function asValue(entry: Entry): Value {
  if (!isFolded(entry)) return entry;
  const made = values.get(entry) ?? constantOf(entry);
  values.set(entry, made);
  return made;
}

const largest = 2n ** 63n - 1n;
const int64 = (x: number): bigint =>
  x >= 2 ** 63 ? largest : x <= -(2 ** 63) ? -largest - 1n : BigInt(Math.trunc(x));

function constantOf({ type, shape, data, name }: Folded): Value {
  if (type === 'int64') return constant({ shape, data: BigInt64Array.from(data, int64) });
  if (type === 'bool') return constant({ shape, data: Uint8Array.from(data) });
  const numbers = data instanceof Float32Array ? data : Float32Array.from(data);
  return constant({ shape, data: numbers }, numbers.length > 1 ? name : undefined);
}
