import type { ExampleEdit, NewOutcome } from '../../domain/examples/edit.ts';
import { checkLabel } from '../../domain/labels.ts';
import { storedSupport } from '../../domain/support-set.ts';
import type { Task } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PredictionStore } from '../../ports/stores/prediction-store.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { atMember } from '../inputs/invalid-input.ts';
import { decodeNested } from '../inputs/numbers/numbers.ts';
import type { CurrentAdaptation } from '../predicting/current-adaptation.ts';
import type { States } from '../predicting/states.ts';
import type { ServiceOptions } from '../service-options.ts';
import { listed } from '../support/decode-support.ts';
import { latestSupport } from '../support/latest-support.ts';
import { findTask } from '../tasks/find-task.ts';
import { exampleNotFound } from './find-example.ts';
import { withSizes } from './read-examples.ts';
import type { ExampleUseCases, ExampleView } from './use-cases.ts';

interface Parts {
  readonly store: TaskStore;
  readonly predictions?: PredictionStore | undefined;
  readonly current: Pick<CurrentAdaptation, 'forget'>;
  readonly states: Pick<States, 'forget'>;
  readonly queue: AdaptationQueue;
  readonly clock: Clock;
  onError: ServiceOptions['onError'];
}

export function createEditExamples(parts: Parts): Pick<ExampleUseCases, 'relabel' | 'erase'> {
  const { store, predictions, current, states, queue, clock, onError } = parts;

  return {
    async relabel(tenant, taskId, id, given) {
      const task = await findTask(store, tenant, taskId);
      const outcome = await outcomeOf(task, given);
      const edit: ExampleEdit = { type: 'relabel', id, outcome };
      const edited = await store.editExamples(tenant, taskId, edit, now());
      const [example] = edited?.examples ?? [];
      if (!example) throw exampleNotFound(taskId, id);
      const [view] = await withSizes(store, tenant, (await latestSupport(store, task))?.support, [example]);
      return view as ExampleView;
    },

    async erase(tenant, taskId, which) {
      if (Object.values(which).every((each) => each === undefined)) throw nothingNamed();
      await findTask(store, tenant, taskId);
      const edit: ExampleEdit = { type: 'erase', which };
      const refs = (ids: readonly string[] = []) =>
        ids.map((id): AdaptationRef => ({ tenant, task: taskId, id }));
      // Remove states first, and again afterwards: if the process dies in between, no state stays without its record.
      const planned = await store.planExamples(tenant, taskId, edit, now());
      await Promise.all(refs(planned?.erased).map((ref) => states.forget(ref)));
      const shown = new Set(planned?.examples.map(({ content }) => content));
      await forgetPredictions(tenant, taskId, shown);
      // Even after an error: the edit may have been made although its answer was lost.
      const editing = store.editExamples(tenant, taskId, edit, now());
      const edited = await editing.finally(() => current.forget(tenant, taskId));
      await forgetPredictions(tenant, taskId, shown);
      if (!edited && which.id !== undefined) throw exampleNotFound(taskId, which.id);
      const open = refs(edited?.unfinished);
      await Promise.all(open.map((ref) => reportErrors(queue.cancel(ref), ref)));
      await Promise.all(refs(edited?.erased).map((ref) => reportErrors(states.forget(ref), ref)));
      await Promise.all(open.map((ref) => reportErrors(queue.announce(ref), ref)));
      return { examples: edited?.examples.length ?? 0, adaptations: edited?.erased ?? [] };
    },
  };

  /** Removes kept predictions whose input is one of these contents. */
  async function forgetPredictions(
    tenant: string,
    task: string,
    contents: ReadonlySet<string>,
  ): Promise<void> {
    if (!predictions || contents.size === 0) return;
    const kept = await predictions.list(tenant, task, now());
    const ids = kept.filter(({ content }) => contents.has(content)).map(({ id }) => id);
    if (ids.length > 0) await predictions.remove(tenant, task, ids);
  }

  function now(): string {
    return clock.now().toISOString();
  }

  /** For work after an erasure: the examples are already erased, so errors are logged and not answered. */
  async function reportErrors(work: Promise<void>, ref: AdaptationRef): Promise<void> {
    await work.catch((error: unknown) => onError(error, ref));
  }

  async function outcomeOf(
    task: Task,
    { label, target }: { readonly label?: string | undefined; readonly target?: unknown },
  ): Promise<NewOutcome> {
    if ((label === undefined) === (target === undefined)) {
      const got = label === undefined ? 'none' : 'both';
      throw new InnerloopError('invalid_request', `Expected a label or a target, got ${got}`, {
        pointer: '',
        expected: 'a label or a target',
        got,
      });
    }
    if (label !== undefined) {
      checkLabel(label);
      return { label };
    }
    const latest = await latestSupport(store, task);
    const shape = latest && storedSupport(latest.support).targetShape;
    // The store's own check says what is wrong.
    if (!shape) return { target: [] };
    const decode = () => decodeNested(listed(target, shape), { reads: 'tensor', shape });
    return { target: [...(await atMember('/target', decode)).data] };
  }
}

function nothingNamed(): InnerloopError {
  const expected = 'label or source in the query, to say which examples to erase';
  return new InnerloopError('invalid_request', `Expected ${expected}, got none`, { expected, got: 'none' });
}
