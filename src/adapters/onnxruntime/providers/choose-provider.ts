import { InnerloopError } from '../../../errors.ts';
import { type ExecutionProvider, executionProviders } from '../../../execution-providers.ts';
import { spawnLane } from '../threads/spawn.ts';
import { Lane } from '../threads/worker-thread.ts';

/**
 * The first of `wanted`, in order of preference, that computes. One that does not is told to `onUnavailable` where the CPU
 * is wanted too, however late; otherwise nothing takes its place. Left to itself the runtime drops those it does not know
 * without a word.
 * @throws InnerloopError `invalid_config` that names the provider and what it needs.
 */
export async function chooseProvider(
  wanted: readonly ExecutionProvider[],
  onUnavailable: (error: InnerloopError) => void,
): Promise<ExecutionProvider> {
  for (const each of wanted) {
    // It needs no trial: every build of the runtime has it, and packages are loaded on it next.
    if (each === 'cpu') return each;
    const refusal = await refusalOf(each);
    if (!refusal) return each;
    if (!wanted.includes('cpu')) throw refusal;
    onUnavailable(refusal);
  }
  throw new InnerloopError('invalid_config', 'Expected an execution provider, got none');
}

/** Tried on a thread of its own: to start a GPU takes seconds, and a thread that dies of it takes nothing along. */
async function refusalOf(executionProvider: ExecutionProvider): Promise<InnerloopError | null> {
  const lane = new Lane(
    () => spawnLane({ executionProvider }),
    () => undefined,
  );
  try {
    await lane.ask({ type: 'try' }).done;
    return null;
  } catch (error) {
    const { needs } = executionProviders[executionProvider];
    return new InnerloopError(
      'invalid_config',
      `The execution provider ${executionProvider} cannot be used. It needs ${needs}`,
      // What the runtime says, where it had a chance to.
      { cause: (error instanceof InnerloopError && error.details.cause) || error },
    );
  } finally {
    await lane.close();
  }
}
