import type { Adaptation, AdaptationDraft } from '../../domain/adaptation.ts';
import type { GivenSupport } from '../../domain/support-set.ts';
import type { TaskDraft } from '../../domain/task.ts';
import type { AdaptationQueue } from '../../ports/adaptation-queue.ts';
import type { AcceptConditions, TaskStore } from '../../ports/stores/task-store.ts';
import type { Tracer } from '../../ports/telemetry.ts';
import type { Submit } from './submit.ts';
import { withSpan } from './telemetry.ts';

interface Parts {
  readonly store: Pick<TaskStore, 'accept'>;
  readonly queue: Pick<AdaptationQueue, 'announce'>;
  readonly submit: Submit;
  readonly tracer: Tracer;
}

/** An adaptation to store. */
export interface Acceptable {
  readonly draft: AdaptationDraft;
  readonly given: GivenSupport;
  readonly taskDraft: TaskDraft;
  readonly conditions: AcceptConditions;
  /** Digests of the contents that the request sent, in its order. */
  readonly sent: readonly string[];
}

/** Stores an adaptation, submits it and announces it. Null, and nothing is stored, when `conditions` do not hold. */
export type Accept = (acceptable: Acceptable) => Promise<Adaptation | null>;

export function createAccept({ store, queue, submit, tracer }: Parts): Accept {
  return async ({ draft, given, taskDraft, conditions, sent }) => {
    const parent = draft.origin?.traceparent;
    const answer = await withSpan(tracer, 'accept', { parent }, () =>
      store.accept(draft, given, taskDraft, conditions),
    );
    if (!answer) return null;
    const { adaptation, accepted } = answer;
    await submit(adaptation, given.support, sent);
    if (accepted) await queue.announce({ tenant: draft.tenant, task: draft.task, id: adaptation.id });
    return adaptation;
  };
}
