import type { Adaptation } from '../../domain/adaptation.ts';
import { isDue, nextAlarm } from '../../domain/drift/alarm.ts';
import { type AskedInput, type FeatureWindow, latestOf } from '../../domain/drift/asked-input.ts';
import type { Compared } from '../../domain/drift/drift.ts';
import type { Task } from '../../domain/task.ts';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Meter } from '../../ports/telemetry.ts';
import type { Models } from '../models.ts';
import type { CurrentAdaptation } from '../predicting/current-adaptation.ts';
import type { ReadLearnable } from '../support/learnable.ts';
import { findTask } from '../tasks/find-task.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { type AskedBuffer, createAskedBuffer, keyOf, type TaskPlace } from './asked-buffer.ts';
import { createEpochs } from './epochs.ts';
import { createMeasureDrift } from './measure-drift.ts';
import { createObserve, type Observe } from './monitoring.ts';
import type { DriftUseCases, DriftView, Sample } from './use-cases.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly current: CurrentAdaptation;
  readonly readLearnable: ReadLearnable;
  readonly webhooks: Pick<Webhooks, 'publish'>;
  readonly clock: Clock;
  readonly meter: Meter;
  onError(error: unknown): void;
}

export interface Drifting extends DriftUseCases {
  readonly observe: Observe;
  /** Drops the data of this process about a task that was deleted. */
  forget(place: TaskPlace): void;
  /** Also drops the stored data, for a task that is no longer monitored. */
  stop(place: TaskPlace): Promise<void>;
}

export function createDrift(parts: Parts): Drifting {
  const { models, store, current, readLearnable, webhooks, clock, meter, onError } = parts;
  const epochOf = createEpochs();
  const measure = createMeasureDrift();
  /** Monitored tasks whose last check in this process found drift. */
  const drifting = new Map<string, TaskPlace>();
  meter.observe('innerloop_tasks_drifting', {}, () => drifting.size);
  const buffer: AskedBuffer = createAskedBuffer({ store, onError });

  const measureWindow = (place: TaskPlace, found: FeatureWindow) => {
    const { epoch, reference, window } = found;
    return measure(nameOf('window', place, found), { reference, window, seed: epoch });
  };

  /** The examples of the current adaptation as sketches, if they can be compared with the inputs. */
  async function supportOf(task: Task, found: FeatureWindow | null) {
    const { adaptation } = await current.find(task.tenant, task.id);
    const manifest = models.withDigest(adaptation.packageDigest);
    const epoch = manifest && epochOf(adaptation, manifest);
    const learnable = await readLearnable(adaptation);
    const isComparable = epoch && (!found || found.epoch === epoch.id);
    if (!learnable || !isComparable) return { adaptation, examples: [] };
    const { examples } = learnable.support;
    const rows = epoch.sketches(learnable.x);
    return {
      adaptation,
      examples: rows.map(
        (features, i): Compared => ({ features, label: examples[i]?.label ?? null, facts: {} }),
      ),
    };
  }

  /** Compares the window again if it is due. Null when another process did so in between. */
  async function checked(place: TaskPlace, found: FeatureWindow): Promise<FeatureWindow | null> {
    const { epoch, count, alarm: before } = found;
    if (!isDue(found)) return found;
    const { pValue, distance, threshold } = await measureWindow(place, found);
    if (pValue === null || distance === null || threshold === null) return found;
    const at = clock.now().toISOString();
    const alarm = nextAlarm(before, { at, count, pValue, distance, threshold });
    const isPut = await store.putAlarm(place.tenant, place.task, { epoch, before, after: alarm });
    return isPut ? { ...found, alarm } : null;
  }

  /** Sends an alarm to webhooks. Null when another process did so in between. */
  async function published({ tenant, task }: TaskPlace, found: FeatureWindow): Promise<FeatureWindow | null> {
    const { epoch, count, alarm: before } = found;
    if (before?.since == null || before.isTold) return found;
    const { since } = before;
    const name = { at: new Date(since), of: [task] };
    // Publish first, then store that it was published: after a crash in between, another check publishes again.
    await webhooks.publish(tenant, 'drift.detected', name, { task, since, inputs: count });
    const alarm = { ...before, isTold: true };
    return (await store.putAlarm(tenant, task, { epoch, before, after: alarm })) ? { ...found, alarm } : null;
  }

  async function check(place: TaskPlace): Promise<void> {
    const stored = await store.featureWindow(place.tenant, place.task);
    if (!stored) return void drifting.delete(keyOf(place));
    // An earlier process may have found drift and not published it. This check may find that it is over.
    const before = await published(place, stored);
    const after = before && (await checked(place, before));
    const found = after && (await published(place, after));
    if (!found) return;
    if (found.alarm?.since == null) drifting.delete(keyOf(place));
    else drifting.set(keyOf(place), place);
  }

  function forget(place: TaskPlace): void {
    buffer.forget(place);
    drifting.delete(keyOf(place));
  }

  return {
    observe: createObserve({ buffer, epochOf, clock }),

    forget,

    async stop(place) {
      forget(place);
      await store.deleteFeatureWindow(place.tenant, place.task);
    },

    async drift(tenant, taskId, kind) {
      const task = await findTask(store, tenant, taskId);
      if (!task.monitor) throw notMonitored(task);
      const place = { tenant, task: taskId };
      await buffer.flush(place);
      const found = await store.featureWindow(tenant, taskId);
      const { since = null, checks = [] } = found?.alarm ?? {};
      const known = { since, checks };
      if (kind === 'window') {
        const drift = await measureWindow(place, found ?? NOTHING);
        const { reference, window } = found ?? NOTHING;
        const summaries = { window: sampleOf(window), reference: { kind, ...sampleOf(reference) } };
        return { ...drift, ...summaries, ...known } satisfies DriftView;
      }
      const { adaptation, examples } = await supportOf(task, found);
      const window = latestOf(found ?? NOTHING);
      const name = nameOf(`support ${adaptation.id} ${examples.length}`, place, found ?? NOTHING);
      const samples = { reference: examples, window, seed: adaptation.id };
      const summaries = {
        window: sampleOf(window),
        reference: { kind, ...sampleOfSupport(adaptation, examples) },
      };
      return { ...(await measure(name, samples)), ...summaries, ...known };
    },

    async checkDrift() {
      // A store that cannot be reached is reported elsewhere. The next call tries again.
      const report = (error: unknown) => {
        if (!isUnavailable(error)) onError(error);
      };
      const due = await store.driftDue().catch(report);
      // Also check tasks with drift: another process may have found that the drift is over.
      const places = new Map([...drifting, ...(due ?? []).map((place) => [keyOf(place), place] as const)]);
      for (const place of places.values()) await check(place).catch(report);
    },

    flushAsked: () => buffer.flush(),
  };
}

const NOTHING: FeatureWindow = { epoch: '', count: 0, alarm: null, reference: [], window: [] };

/** A key for what is compared. It contains times, so a task that was deleted and created again gets another key. */
function nameOf(kind: string, place: TaskPlace, { epoch, count, reference, window }: FeatureWindow): string {
  return JSON.stringify([kind, keyOf(place), epoch, count, reference[0]?.at, window.at(-1)?.at]);
}

const timeOf = (asked: AskedInput | undefined) => (asked ? new Date(asked.at).toISOString() : null);

function sampleOf(inputs: readonly AskedInput[]): Sample {
  return { size: inputs.length, from: timeOf(inputs[0]), to: timeOf(inputs.at(-1)) };
}

function sampleOfSupport({ createdAt }: Adaptation, { length }: readonly Compared[]): Sample {
  return { size: length, from: createdAt, to: createdAt };
}

function notMonitored({ id }: Task): InnerloopError {
  const expected = 'a task with "monitor": true';
  const message = `Task ${id} is not monitored: set "monitor" to true with PUT /tasks/${id}, then ask predictions`;
  return new InnerloopError('task_not_monitored', message, { expected, got: '"monitor": false' });
}
