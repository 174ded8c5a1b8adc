import { joinInputs } from '../../../src/adapters/onnxruntime/embedding/join-inputs.ts';
import { compile, type Session } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { Embedder } from '../../../src/ports/embedder.ts';
import type { Tensor } from '../../../src/tensor.ts';

/** The sessions of each encoder, which all embedders share: they hold no state, and each test file loads the same ones. */
const compiled = new Map<string, Promise<Session>>();

/** A reference implementation of `Embedder`: it runs each content alone, with ONNX Runtime on the calling thread. */
export function createMemoryEmbedder(): Embedder {
  const sessions = new Map<string, Promise<Session>>();
  const running = new Set<Promise<unknown>>();
  let isClosed = false;

  async function run(encoder: string, inputs: Parameters<Session['run']>[0]): Promise<Tensor> {
    const session = await sessions.get(encoder);
    if (!session) throw new RangeError('Expected a loaded encoder');
    const { features } = await session.run(joinInputs([inputs]));
    const { shape, data } = features as Tensor;
    return { shape: shape.slice(1), data };
  }

  return {
    async load({ manifest: { name, digest }, program, folder }) {
      const session = compiled.get(digest) ?? compile(program, { weightsFolder: folder });
      compiled.set(digest, session);
      sessions.set(digest, session);
      await session.catch((cause: unknown) => {
        compiled.delete(digest);
        sessions.delete(digest);
        throw new InnerloopError('invalid_package', `Encoder ${name} could not be loaded`, { cause });
      });
    },
    async embed({ encoder, inputs, signal }) {
      if (isClosed)
        throw new InnerloopError('unavailable', 'The service is shutting down', { retryAfterSeconds: 1 });
      signal?.throwIfAborted();
      const done = run(encoder, inputs);
      running.add(done);
      try {
        const features = await done;
        signal?.throwIfAborted();
        return features;
      } finally {
        running.delete(done);
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.allSettled(running);
    },
  };
}
