import { InnerloopError } from '../errors.ts';
import type { Manifest } from '../package/manifest.ts';
import type { ProgramRunner } from '../ports/program-runner.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { type Adaptation, hasEnded } from '../tasks/adaptation.ts';
import type { Task, TenantId } from '../tasks/task.ts';
import { sizeOf, stack } from '../tensor.ts';
import { createCurrentAdaptation } from './current-adaptation.ts';
import { inTurns } from './in-turns.ts';
import type { Models } from './models.ts';
import { toPredictions } from './predictions.ts';
import type { DecodeInput, Service } from './service.ts';
import { type States, stateKey } from './states.ts';
import { isTaskId, taskNotFound } from './tasks.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly states: States;
  readonly runner: ProgramRunner;
  readonly decodeInput: DecodeInput;
  /** Most inputs of one request. */
  readonly maxInputs: number;
  /** Most numbers of one answer. */
  readonly maxNumbers: number;
}

export function createPredict({
  models,
  store,
  states,
  runner,
  decodeInput,
  maxInputs,
  maxNumbers,
}: Parts): Service['predict'] {
  const current = createCurrentAdaptation(store);
  return async (tenant, taskId, inputs) => {
    const { adaptation, manifest } = await answering(tenant, taskId);
    const each = answerSize(adaptation, manifest);
    const most = Math.max(1, Math.min(maxInputs, Math.floor(maxNumbers / each)));
    if (inputs.length === 0 || inputs.length > most) {
      const expected = `from 1 to ${most} inputs${most < maxInputs ? ` (an answer to each has ${each} numbers)` : ''}`;
      const got = String(inputs.length);
      throw new InnerloopError('invalid_input', `Expected ${expected}, got ${got}`, {
        pointer: '/inputs',
        expected,
        got,
      });
    }
    const rows = await inTurns(inputs, ({ input, pointer }) => decodeInput(input, manifest.input, pointer));
    const y = await runner.predict({
      digest: adaptation.packageDigest,
      stateId: stateKey(adaptation),
      x: stack(rows),
      async loadState() {
        const state = await states.load(adaptation);
        // Deleted since we looked: as for whoever looks now.
        if (!state) throw taskNotFound(taskId);
        return state;
      },
    });
    const predictions = toPredictions(
      y,
      adaptation.support.labels,
      inputs.map(({ pointer }) => pointer),
    );
    return { adaptation: adaptation.id, model: adaptation.model, predictions };
  };

  async function answering(
    tenant: TenantId,
    taskId: string,
  ): Promise<{ adaptation: Adaptation; manifest: Manifest }> {
    const found = isTaskId(taskId) ? await current(tenant, taskId) : null;
    if (!found) throw taskNotFound(taskId);
    const { task, adaptation } = found;
    if (!adaptation) throw await notAdapted(task);
    const manifest = models.withDigest(adaptation.packageDigest);
    if (manifest) return { adaptation, manifest };
    throw new InnerloopError(
      'task_not_adapted',
      `${adaptation.model} was replaced since the task was adapted: adapt it again`,
      {
        expected: 'an adaptation of the installed model',
        got: adaptation.model,
      },
    );
  }

  /** Says whether waiting helps. */
  async function notAdapted({ tenant, id }: Task): Promise<InnerloopError> {
    const { data } = await store.adaptations(tenant, id, { limit: 1 });
    const [latest] = data;
    const got = latest ? `the latest is ${latest.status}` : 'none was submitted';
    const details = { expected: 'an adaptation that has succeeded', got };
    const message = `Task ${id} has no adaptation that has succeeded; ${got}`;
    const waits = latest && !hasEnded(latest.status);
    return new InnerloopError(
      'task_not_adapted',
      message,
      waits ? { ...details, retryAfterSeconds: 1 } : details,
    );
  }
}

/** Numbers in the answer to one input: a probability per class, or the values. */
function answerSize({ support: { labels = {} } }: Adaptation, { output }: Manifest): number {
  const ways = Object.keys(labels).length;
  return sizeOf(output.shape.map((dim) => (dim === 'ways' ? ways : dim)));
}
