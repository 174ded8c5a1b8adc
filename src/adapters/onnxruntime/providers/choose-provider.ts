import { InnerloopError } from '../../../errors.ts';
import { type ExecutionProvider, executionProviders } from '../../../execution-providers.ts';
import { spawnWorkerThread } from '../threads/spawn.ts';
import { WorkerThread } from '../threads/worker-thread.ts';

/**
 * The first execution provider in `wanted` (in order of preference) that works. Each is tried, because ONNX Runtime ignores
 * unavailable providers without an error.
 *
 * Providers that do not work are reported to `onUnavailable` and skipped.
 * @throws InnerloopError `invalid_config` for the last provider when none works.
 */
export async function chooseProvider(
  wanted: readonly ExecutionProvider[],
  onUnavailable: (error: InnerloopError) => void,
): Promise<ExecutionProvider> {
  for (const each of wanted) {
    // Needs no trial: every build of the runtime has the CPU provider.
    if (each === 'cpu') return each;
    const error = await trialError(each);
    if (!error) return each;
    if (each === wanted.at(-1)) throw error;
    onUnavailable(error);
  }
  throw new InnerloopError('invalid_config', 'Expected an execution provider, got none');
}

/** Tries the provider in a separate thread, because it can take seconds to start, or crash the thread. */
async function trialError(executionProvider: ExecutionProvider): Promise<InnerloopError | null> {
  const thread = new WorkerThread(
    () => spawnWorkerThread({ executionProvider }),
    () => undefined,
  );
  try {
    await thread.call({ type: 'tryProvider' }).done;
    return null;
  } catch (error) {
    const { needs } = executionProviders[executionProvider];
    return new InnerloopError(
      'invalid_config',
      `The execution provider ${executionProvider} cannot be used. It needs ${needs}`,
      // Prefer the runtime's own message when there is one.
      { cause: (error instanceof InnerloopError && error.details.cause) || error },
    );
  } finally {
    await thread.close();
  }
}
