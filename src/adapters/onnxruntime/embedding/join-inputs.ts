import { sizeOf, type Tensor, type Tensors } from '../../../tensor.ts';

/** The value of padding by the name of an input; 0 for others. */
export type Paddings = Readonly<Record<string, number>>;

/**
 * The inputs of several contents as the inputs of one run: [n, …]. Axes whose sizes differ are padded at the end. The
 * encoder's manifest names these axes, and its graph ignores such padding.
 */
export function joinInputs(contents: readonly Tensors[], paddings: Paddings = {}): Tensors {
  const names = Object.keys(contents[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      joined(
        contents.map((each) => tensorNamed(each, name)),
        paddings[name] ?? 0,
      ),
    ]),
  );
}

/** Numbers of the inputs with padding, in relation to those without. Inputs of one shape do not count: they need none. */
export function paddingOf(contents: readonly Tensors[]): number {
  let [padded, given] = [0, 0];
  for (const name of Object.keys(contents[0] ?? {})) {
    const tensors = contents.map((each) => tensorNamed(each, name));
    const numbers = tensors.reduce((sum, { data }) => sum + data.length, 0);
    const size = sizeOf(joinedShape(tensors));
    if (size === numbers) continue;
    padded += size;
    given += numbers;
  }
  return given === 0 ? 1 : padded / given;
}

function tensorNamed(tensors: Tensors, name: string): Tensor {
  const found = tensors[name];
  if (!found) throw new RangeError(`Expected an input ${name}, got ${Object.keys(tensors).join(', ')}`);
  return found;
}

function joinedShape(tensors: readonly Tensor[]): readonly number[] {
  const rank = tensors[0]?.shape.length ?? 0;
  if (tensors.some(({ shape }) => shape.length !== rank)) throw new RangeError('Expected inputs of one rank');
  const largest = Array.from({ length: rank }, (_, axis) =>
    Math.max(...tensors.map(({ shape }) => shape[axis] ?? 0)),
  );
  return [tensors.length, ...largest];
}

function joined(tensors: readonly Tensor[], padding: number): Tensor {
  const shape = joinedShape(tensors);
  const [, ...row] = shape;
  const [only] = tensors;
  if (only && tensors.length === 1) return { shape, data: only.data };
  const data = new Float32Array(sizeOf(shape)).fill(padding);
  tensors.forEach((each, i) => {
    copyInto(data.subarray(i * sizeOf(row), (i + 1) * sizeOf(row)), row, each);
  });
  return { shape, data };
}

/** Copies `from` to the beginning of each axis of `into`, which has the shape `shape`. */
function copyInto(into: Float32Array, shape: readonly number[], from: Tensor): void {
  const isWhole = from.shape.slice(1).every((size, axis) => size === shape[axis + 1]);
  if (isWhole) {
    into.set(from.data);
    return;
  }
  const [rows = 0, ...rest] = from.shape;
  const inner = shape.slice(1);
  const [wide, narrow] = [sizeOf(inner), sizeOf(rest)];
  for (let i = 0; i < rows; i++) {
    const part = { shape: rest, data: from.data.subarray(i * narrow, (i + 1) * narrow) };
    copyInto(into.subarray(i * wide, (i + 1) * wide), inner, part);
  }
}
