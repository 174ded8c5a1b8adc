/** A dense, row-major float32 array. `data.length` is the product of `shape`; a scalar has shape []. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by name: the inputs or outputs of a program, or an adapted state. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** A tensor over `data`, which is not copied. @throws RangeError when data and shape disagree. */
export function tensor(shape: readonly number[], data: Float32Array | readonly number[]): Tensor {
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  if (values.length !== sizeOf(shape)) {
    throw new RangeError(`Expected ${sizeOf(shape)} values for shape [${shape}], got ${values.length}`);
  }
  return { shape, data: values };
}

/** Index of the first value that is not finite; -1 when all are finite. */
export function firstNotFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** Bytes held by the values of these tensors. */
export function bytesOf(tensors: Tensors): number {
  return Object.values(tensors).reduce((bytes, { data }) => bytes + data.byteLength, 0);
}

/** A copy that shares no memory with the original. */
export function copyOf({ shape, data }: Tensor): Tensor {
  return { shape, data: data.slice() };
}

/** Applies `change` to each tensor and keeps the names. */
export function mapTensors(tensors: Tensors, change: (each: Tensor) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, each]) => [name, change(each)]));
}

/** Stack tensors of one shape [...s] into [n, ...s]. @throws RangeError when empty or when shapes differ. */
export function stack(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError('Expected at least one tensor to stack, got none');
  const size = first.data.length;
  const data = new Float32Array(tensors.length * size);
  tensors.forEach((each, i) => {
    if (each.data.length !== size) {
      throw new RangeError(`Expected shape [${first.shape}] at index ${i}, got [${each.shape}]`);
    }
    data.set(each.data, i * size);
  });
  return { shape: [tensors.length, ...first.shape], data };
}

/** Tensors [nᵢ, …row] joined to [Σ nᵢ, …row]. Null when their rows differ in shape. */
export function joinRows(tensors: readonly Tensor[]): Tensor | null {
  const [, ...row] = tensors[0]?.shape ?? [];
  if (tensors.some(({ shape }) => shape.slice(1).join() !== row.join())) return null;
  const data = new Float32Array(tensors.reduce((size, each) => size + each.data.length, 0));
  let offset = 0;
  for (const each of tensors) {
    data.set(each.data, offset);
    offset += each.data.length;
  }
  return { shape: [tensors.reduce((rows, each) => rows + (each.shape[0] ?? 0), 0), ...row], data };
}

/** The rows of `x` [n, …row] at `places`, in their order, as a copy [places, …row]. */
export function rowsAt(x: Tensor, places: readonly number[]): Tensor {
  const row = x.shape.slice(1);
  const size = sizeOf(row);
  const data = new Float32Array(places.length * size);
  places.forEach((place, i) => {
    data.set(x.data.subarray(place * size, (place + 1) * size), i * size);
  });
  return { shape: [places.length, ...row], data };
}

/** `x` [n, …row] as parts of at most `maxRows` rows. The parts are views of `x`, not copies. */
export function splitRows(x: Tensor, maxRows: number): readonly Tensor[] {
  const [n = 0, ...row] = x.shape;
  const size = sizeOf(row);
  return Array.from({ length: Math.ceil(n / maxRows) }, (_, i) => {
    const [from, to] = [i * maxRows, Math.min(n, (i + 1) * maxRows)];
    return { shape: [to - from, ...row], data: x.data.subarray(from * size, to * size) };
  });
}
