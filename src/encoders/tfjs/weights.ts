import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../errors.ts';
import { float16 } from '../../onnx/float16.ts';
import { sizeOf } from '../../tensor.ts';

/** What `model.json` says of a weight. With `quantization`, the shards hold (value − min) / scale. */
export const WeightEntry = Type.Object({
  name: Type.String(),
  shape: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 8 }),
  dtype: Type.Union([Type.Literal('float32'), Type.Literal('int32'), Type.Literal('bool')]),
  quantization: Type.Optional(
    Type.Object({
      dtype: Type.Union([Type.Literal('float16'), Type.Literal('uint8'), Type.Literal('uint16')]),
      scale: Type.Optional(Type.Number()),
      min: Type.Optional(Type.Number()),
    }),
  ),
});
export type WeightEntry = Static<typeof WeightEntry>;

/** A constant tensor. Integers and booleans become float32, which is exact below 2²⁴. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

type StoredType = WeightEntry['dtype'] | NonNullable<WeightEntry['quantization']>['dtype'];

interface Storage {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

/** How a value of each type lies in a shard. */
const storages: Readonly<Record<StoredType, Storage>> = {
  float32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  int32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  bool: { bytes: 1, read: (view, at) => view.getUint8(at) },
  float16: { bytes: 2, read: (view, at) => float16(view.getUint16(at, true)) },
  uint16: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  uint8: { bytes: 1, read: (view, at) => view.getUint8(at) },
};

export interface WeightReader {
  /** The next weight. @throws InnerloopError `invalid_package` when it needs more bytes than are left. */
  next(entry: WeightEntry): Weight;
  /** @throws InnerloopError `invalid_package` when bytes are left. */
  end(): void;
}

/** Reads weights that lie one after another in `bytes`. Allocates at most four bytes for each byte read. */
export function createWeightReader(bytes: Uint8Array): WeightReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let offset = 0;
  return {
    next({ name, shape, dtype, quantization }) {
      const storage = storages[quantization?.dtype ?? dtype];
      const [size, left] = [sizeOf(shape), bytes.length - offset];
      if (size * storage.bytes > left)
        throw invalidModel(`expected ${size * storage.bytes} bytes for ${name} [${shape}], got ${left}`);
      const { scale = 1, min = 0 } = quantization ?? {};
      const values = new Float32Array(size);
      const start = offset;
      offset += size * storage.bytes;
      // Most values are float32: copying them takes a hundredth of the time of reading them.
      if (storage === storages.float32) new Uint8Array(values.buffer).set(bytes.subarray(start, offset));
      else
        for (let i = 0; i < size; i++)
          values[i] = storage.read(view, start + i * storage.bytes) * scale + min;
      return { shape, values };
    },
    end() {
      if (offset < bytes.length)
        throw invalidModel(`expected ${offset} bytes of weights, got ${bytes.length}`);
    },
  };
}

export function invalidModel(message: string, cause?: unknown): InnerloopError {
  return new InnerloopError(
    'invalid_package',
    `tfjs model: ${message}`,
    cause === undefined ? {} : { cause },
  );
}
