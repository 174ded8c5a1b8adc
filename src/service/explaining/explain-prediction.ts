import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { Explanation } from '../../domain/explaining/explanation.ts';
import { InnerloopError } from '../../errors.ts';
import type { ContentDecoder } from '../../ports/content-decoder.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { ReadLearnable } from '../support/learnable.ts';
import type { Answered } from './answered.ts';
import { createExampleShares } from './example-shares.ts';
import { explainInput } from './explain-input.ts';

interface Parts {
  readonly readLearnable: ReadLearnable;
  readonly runner: Pick<ProgramRunner, 'splits'>;
  readonly decoder: Partial<Pick<ContentDecoder, 'canonical' | 'masked' | 'overlay'>>;
}

/** One explanation of a tenant at a time, so that its requests leave the adapting threads to others. */
export type Explain = (answered: Answered) => Promise<Explanation>;

export function createExplain({ readLearnable, runner, decoder }: Parts): Explain {
  const exampleShares = createExampleShares(runner);
  const mutex = createKeyedMutex();
  return (answered) => mutex(answered.adaptation.tenant, () => explain(answered));

  async function explain(answered: Answered): Promise<Explanation> {
    answered.signal.throwIfAborted();
    const learnable = await readLearnable(answered.adaptation, answered.signal);
    if (!learnable) throw new InnerloopError('unavailable', 'The examples of this adaptation are not stored');
    const [examples, input] = await Promise.all([
      exampleShares(answered, learnable),
      explainInput(answered, learnable, decoder),
    ]);
    return { label: answered.answer?.label ?? null, examples, input };
  }
}
