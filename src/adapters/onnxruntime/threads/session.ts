// Keep first: it must run before the library loads.
import './no-telemetry.ts';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type ExecutionProvider, executionProviders } from '../../../execution-providers.ts';
import type { Tensor, Tensors } from '../../../tensor.ts';
import { nativeCall } from './native-calls.ts';

/**
 * A loaded ONNX model. Feeds are float32 tensors, also for inputs of int64 and int32: whole numbers below 2²⁴ are exact.
 * Unusable after `dispose`.
 */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Outputs by name; they own their memory. The graph runs on the calling thread, in a later turn of the event
   * loop, and blocks that thread. Do not change the feeds until the promise settles.
   * @throws RangeError when an input is missing or unknown, TypeError when an output is not float32.
   */
  run(feeds: Tensors): Promise<Tensors>;
  dispose(): Promise<void>;
}

interface CompileOptions {
  /** Threads that compute one run. Default: 1, so that one session per core can run at the same time. */
  readonly threads?: number;
  /** Default: `cpu`. */
  readonly executionProvider?: ExecutionProvider;
  /** Reject instead of running operators on the CPU that the provider does not support. Default: false. */
  readonly isExclusive?: boolean;
  /** The folder with the files of external values, which are mapped into memory. */
  readonly weightsFolder?: string;
}

/** Loads a model from its ONNX bytes. Rejects with the runtime's error when the model cannot be loaded. */
export async function compile(
  model: Uint8Array,
  { threads = 1, executionProvider = 'cpu', isExclusive = false, weightsFolder }: CompileOptions = {},
): Promise<Session> {
  // The native library writes log messages directly to stderr.
  env.logLevel = 'fatal';
  const options: InferenceSession.SessionOptions = {
    executionProviders: executionProviders[executionProvider].sessionProviders,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    extra: {
      session: {
        ...(isExclusive && { disable_cpu_ep_fallback: '1' }),
        ...(weightsFolder !== undefined && { model_external_initializers_file_folder_path: weightsFolder }),
      },
    },
  };
  const session = await nativeCall(() => InferenceSession.create(model, options));
  const known: Inputs = new Map(
    session.inputMetadata.map((each) => [each.name, each.isTensor ? each.type : 'float32']),
  );
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds) => {
      const given = toOrt(feeds, known);
      return fromOrt(await nativeCall(() => session.run(given)));
    },
    dispose: () => nativeCall(() => session.release()),
  };
}

/** Types of the inputs by name. */
type Inputs = ReadonlyMap<string, OrtTensor.Type>;

// Plain loops: mapping over lists of entries would take as long as the run of a small network.
function toOrt(feeds: Tensors, known: Inputs): Record<string, OrtTensor> {
  const given: Record<string, OrtTensor> = {};
  let count = 0;
  for (const [name, { shape, data }] of Object.entries(feeds)) {
    const type = known.get(name);
    // The runtime ignores unknown inputs without an error.
    if (type === undefined) throw unexpected(feeds, known);
    if (type === 'int64') given[name] = new OrtTensor('int64', BigInt64Array.from(data, BigInt), shape);
    else if (type === 'int32') given[name] = new OrtTensor('int32', Int32Array.from(data), shape);
    else given[name] = new OrtTensor('float32', data, shape);
    count += 1;
  }
  if (count !== known.size) throw unexpected(feeds, known);
  return given;
}

function unexpected(feeds: Tensors, known: Inputs): RangeError {
  return new RangeError(
    `Expected inputs ${[...known.keys()].join(', ')}, got ${Object.keys(feeds).join(', ')}`,
  );
}

function fromOrt(outputs: InferenceSession.OnnxValueMapType): Tensors {
  const taken: Record<string, Tensor> = {};
  for (const [name, { type, data, dims }] of Object.entries(outputs)) {
    if (!(data instanceof Float32Array)) throw new TypeError(`Expected float32 output ${name}, got ${type}`);
    taken[name] = { shape: dims, data };
  }
  return taken;
}
