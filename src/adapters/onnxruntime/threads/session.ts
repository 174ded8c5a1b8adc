// First: it decides what loading the library does.
import './no-telemetry.ts';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type ExecutionProvider, executionProviders } from '../../../execution-providers.ts';
import type { Tensor, Tensors } from '../../../tensor.ts';

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
  readonly executionProvider?: ExecutionProvider;
  /** Rather fail than have the CPU run what the provider cannot. */
  readonly isExclusive?: boolean;
}

/** Load a model. */
export async function compile(
  model: Uint8Array,
  { threads = 1, executionProvider = 'cpu', isExclusive = false }: CompileOptions = {},
): Promise<Session> {
  // Native messages go straight to stderr and quote the file names of the runtime's own source.
  env.logLevel = 'fatal';
  const session = await InferenceSession.create(model, {
    executionProviders: executionProviders[executionProvider].asks,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    ...(isExclusive && { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  });
  const known = new Set(session.inputNames);
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds) => fromOrt(await session.run(toOrt(feeds, known))),
    dispose: () => session.release(),
  };
}

// Plain loops: the run of a small network takes no longer than lists of entries on either side of it.
function toOrt(feeds: Tensors, known: ReadonlySet<string>): Record<string, OrtTensor> {
  const given: Record<string, OrtTensor> = {};
  let count = 0;
  for (const [name, { shape, data }] of Object.entries(feeds)) {
    // The runtime reports missing inputs itself but ignores unknown ones.
    if (!known.has(name)) throw unexpected(feeds, known);
    given[name] = new OrtTensor('float32', data, shape);
    count += 1;
  }
  if (count !== known.size) throw unexpected(feeds, known);
  return given;
}

function unexpected(feeds: Tensors, known: ReadonlySet<string>): RangeError {
  return new RangeError(`Expected inputs ${[...known].join(', ')}, got ${Object.keys(feeds).join(', ')}`);
}

function fromOrt(outputs: InferenceSession.OnnxValueMapType): Tensors {
  const taken: Record<string, Tensor> = {};
  for (const [name, { type, data, dims }] of Object.entries(outputs)) {
    if (!(data instanceof Float32Array)) throw new TypeError(`Expected float32 output ${name}, got ${type}`);
    taken[name] = { shape: dims, data };
  }
  return taken;
}
