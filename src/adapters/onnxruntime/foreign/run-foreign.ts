// Keep first: it must run before the library loads.
import '../threads/no-telemetry.ts';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { InnerloopError } from '../../../errors.ts';
import { float16 } from '../../../onnx/float16.ts';

type ElementType = 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';

interface AnyTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly numbers: Float32Array | Float64Array;
}

export type ForeignTensors = Readonly<Record<string, AnyTensor>>;

/** Runs a model once for each of `runs`, and answers what was computed for each. */
export type RunForeign = (
  model: Uint8Array,
  runs: readonly ForeignTensors[],
  outputs: readonly string[],
) => Promise<readonly ForeignTensors[]>;

/**
 * Runs a foreign model, with inputs and outputs of any type of numbers, in a session of its own on one thread. Its values
 * are all inside, so that the runtime opens no other file.
 * @throws InnerloopError `invalid_package` when the runtime refuses the model or its inputs
 */
export const runForeign: RunForeign = async (model, runs, outputs) => {
  // The native library writes log messages directly to stderr.
  env.logLevel = 'fatal';
  try {
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 } as const;
    const session = await InferenceSession.create(model, options);
    try {
      const answers: ForeignTensors[] = [];
      for (const feeds of runs) {
        const given = Object.fromEntries(Object.entries(feeds).map(([name, each]) => [name, toOrt(each)]));
        const results = await session.run(given, outputs);
        answers.push(
          Object.fromEntries(Object.entries(results).map(([name, each]) => [name, fromOrt(name, each)])),
        );
      }
      return answers;
    } finally {
      await session.release();
    }
  } catch (cause) {
    if (cause instanceof InnerloopError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `ONNX model: expected one that ONNX Runtime runs, got: ${reason.slice(0, 500)}`;
    throw new InnerloopError('invalid_package', message, { cause });
  }
};

function toOrt({ type, shape, numbers }: AnyTensor): OrtTensor {
  switch (type) {
    case 'float32':
      return new OrtTensor('float32', Float32Array.from(numbers), shape);
    case 'float64':
      return new OrtTensor('float64', Float64Array.from(numbers), shape);
    case 'int64':
      return new OrtTensor(
        'int64',
        BigInt64Array.from(numbers, (x) => BigInt(Math.trunc(x))),
        shape,
      );
    case 'int32':
      return new OrtTensor('int32', Int32Array.from(numbers), shape);
    case 'uint8':
      return new OrtTensor('uint8', Uint8Array.from(numbers), shape);
    case 'bool':
      return new OrtTensor('bool', Uint8Array.from(numbers), shape);
    case 'float16':
      return new OrtTensor('float16', Uint16Array.from(numbers, toHalf), shape);
  }
}

/** The nearest half-precision number within its range, as bits; tiny numbers become 0. */
function toHalf(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.min(Math.abs(x), 65_504);
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}

function fromOrt(name: string, { type, data, dims }: OrtTensor): AnyTensor {
  if (type === 'float16')
    return { type, shape: dims, numbers: Float32Array.from(data as Uint16Array, halfNumber) };
  if (type === 'float32') return { type, shape: dims, numbers: data as Float32Array };
  if (type === 'int64')
    return { type, shape: dims, numbers: Float64Array.from(data as BigInt64Array, Number) };
  if (type === 'float64' || type === 'int32' || type === 'uint8' || type === 'bool')
    return { type, shape: dims, numbers: Float64Array.from(data as Float64Array) };
  throw new InnerloopError('invalid_package', `ONNX model: expected numbers of ${name}, got ${type}`);
}

/** Newer versions of Node have a type for half precision, whose elements are numbers already. */
const halfNumber = (bits: number): number => (Number.isInteger(bits) && bits >= 0 ? float16(bits) : bits);
