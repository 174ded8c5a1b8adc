import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Tensors } from '../../tensor.ts';

/** A loaded ONNX model over float32 tensors. Unusable after `dispose`. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Outputs by name; they own their memory. The graph computes on the calling thread, on a later turn of its
   * event loop, and blocks it meanwhile: feeds must not be touched until the promise settles.
   * @throws RangeError when an input is missing or unknown, TypeError when an output is not float32.
   */
  run(feeds: Tensors): Promise<Tensors>;
  dispose(): Promise<void>;
}

interface CompileOptions {
  /** That compute one run. One by default, so that as many sessions as there are cores may run side by side. */
  readonly threads?: number;
}

/** Load a model. */
export async function compile(model: Uint8Array, { threads = 1 }: CompileOptions = {}): Promise<Session> {
  // Native messages go straight to stderr and quote the file names of the runtime's own source.
  env.logLevel = 'fatal';
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const known = new Set(session.inputNames);
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds) => fromOrt(await session.run(toOrt(feeds, known))),
    dispose: () => session.release(),
  };
}

function toOrt(feeds: Tensors, known: ReadonlySet<string>): Record<string, OrtTensor> {
  const names = Object.keys(feeds);
  // The runtime reports missing inputs itself but ignores unknown ones.
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined || names.length !== known.size) {
    throw new RangeError(`Expected inputs ${[...known].join(', ')}, got ${names.join(', ')}`);
  }
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => [name, new OrtTensor('float32', data, shape)]),
  );
}

function fromOrt(outputs: InferenceSession.OnnxValueMapType): Tensors {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, data, dims }]) => {
      if (!(data instanceof Float32Array))
        throw new TypeError(`Expected float32 output ${name}, got ${type}`);
      return [name, { shape: dims, data }];
    }),
  );
}
