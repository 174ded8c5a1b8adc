import { expect } from 'vitest';
import type { Service } from '../../../../src/service/service.ts';
import { stateKey } from '../../../../src/service/state-key.ts';
import { eventually } from '../../../support/eventually.ts';
import type { WorkingService } from '../backends.ts';
import { countUsage } from '../count-usage.ts';
import type { Example, Subject } from '../subjects.ts';
import { codeOf, unlessCode } from './codes.ts';
import { type Command, examplesOf, TASKS } from './command.ts';
import { type Accepted, type Interval, TaskHistory } from './history.ts';

/** An input is embedded in a batch with those of others. */
const TOLERANCE = 1e-5;
const QUERY = [0.2, 1.3];

interface Answered {
  /** Records what was accepted. The checks of other answers may need it. */
  learn?(): boolean;
  /** Checks the answer. Called after all concurrent requests have been answered, too. */
  judge(): void | Promise<void>;
}
type Answer = Awaited<ReturnType<Service['predict']>>['predictions'];

/** The right answers of each support set, computed separately. */
export type References = Map<string, Answer>;

/** Sends commands to services that share a store, and checks that each answer was right at some moment in between. */
export function createInterleaving(
  services: readonly WorkingService[],
  subject: Subject,
  references: References,
  counts: Record<string, number>,
  run: number,
) {
  const { model, digestOf } = subject;
  const inputs = [subject.inputOf(QUERY)];
  const tenants = [0, 1, 2].map((n) => `run-${run}-${n}`);
  const histories = new Map<string, TaskHistory>();
  /** The examples of every support set that was or may have been accepted, by digest. */
  const supports = new Map<string, readonly Example[]>();
  let clock = 0;

  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const historyOf = (tenant: string, task: string): TaskHistory => {
    const key = `${tenant}/${task}`;
    const history = histories.get(key) ?? new TaskHistory();
    histories.set(key, history);
    return history;
  };

  async function send(command: Command): Promise<Answered> {
    const tenant = tenants[command.tenant] as string;
    const task = TASKS[command.task] as string;
    const { service, runner, cache } = services[command.service % services.length] as WorkingService;
    const history = historyOf(tenant, task);
    const known = history.accepted[command.choice % Math.max(1, history.accepted.length)];
    const start = ++clock;
    const asked = (): Interval => ({ start, end: ++clock });

    const adapt = async (mode: 'replace' | 'append'): Promise<Answered> => {
      const given = examplesOf(command);
      const support = subject.supportOf(given);
      const record = await service.adapt(tenant, task, { model, support, mode });
      const accepted: Accepted = { ...asked(), id: record.id, succeededBy: Number.POSITIVE_INFINITY };
      history.accepted.push(accepted);
      if (record.status === 'succeeded') accepted.succeededBy = accepted.end;
      if (command.waits) {
        const waiting = service.waitUntilEnded(record, AbortSignal.timeout(20_000));
        const settled = await waiting.catch(unlessCode('task_not_found', 'adaptation_not_found'));
        if (settled?.status === 'succeeded') accepted.succeededBy = ++clock;
        else expect(settled?.status ?? 'gone').toMatch(/^(cancelled|gone)$/);
      }
      const { digest } = record.support;
      return {
        learn() {
          const bases = mode === 'append' ? history.digests.values() : [];
          const joined = [...bases].map((base) => [...(supports.get(base) ?? []), ...given]);
          const found = [given, ...joined].find((each) => digestOf(each) === digest);
          if (!found) return false;
          supports.set(digest, found);
          history.digests.set(record.id, digest);
          return true;
        },
        judge: () => expect(record).toMatchObject({ tenant, task, support: { digest } }),
      };
    };

    const kinds: Readonly<Record<Command['kind'], () => Promise<Answered>>> = {
      replace: () => adapt('replace'),
      append: () => adapt('append'),

      async predict() {
        const answer = await service.predict(tenant, task, inputs).catch(codeOf);
        const when = asked();
        count(typeof answer === 'string' ? answer : 'predicted');
        if (answer === 'task_not_found') return { judge: () => expect(history.mayBeAbsent(when)).toBe(true) };
        if (answer === 'task_not_adapted')
          return { judge: () => expect(history.mayBeUnadapted(when)).toBe(true) };
        if (typeof answer === 'string')
          return { judge: () => expect.fail(`Expected a prediction, got ${answer}`) };
        const judge = async () => {
          expect(history.mayBeCurrent(answer.adaptation, when), 'current at some moment').toBe(true);
          const digest = history.digests.get(answer.adaptation) ?? '';
          expectSame(answer.predictions, await reference(supports.get(digest) ?? []));
        };
        return { judge };
      },

      async evict() {
        const key = stateKey({ tenant, id: known?.id ?? 'none' });
        await Promise.all([runner.forget(key), command.waits && cache.delete(key)]);
        return { judge: () => undefined };
      },

      async cancel() {
        const id = known?.id ?? `adp_${'0'.repeat(32)}`;
        const answer = await service.cancel(tenant, task, id).catch(codeOf);
        const when = asked();
        if (typeof answer !== 'string') history.cancelled.push({ ...when, id });
        const judge = () => {
          if (answer === 'task_not_found') expect(history.mayBeAbsent(when)).toBe(true);
          else if (answer === 'adaptation_not_found') expect(!known || history.deleted.length > 0).toBe(true);
          else if (answer !== 'adaptation_ended')
            expect(answer).toMatchObject({ id, tenant, status: 'cancelled' });
        };
        return { judge };
      },

      async delete() {
        const answer = await service.deleteTask(tenant, task).catch(codeOf);
        const when = asked();
        if (answer === undefined) {
          history.deleted.push(when);
          return { judge: () => expect(history.mayExist(when)).toBe(true) };
        }
        expect(answer).toBe('task_not_found');
        return { judge: () => expect(history.mayBeAbsent(when)).toBe(true) };
      },

      async put() {
        const { task: view } = await service.putTask(tenant, task, { model });
        history.put.push(asked());
        return { judge: () => expect(view).toMatchObject({ tenant, id: task }) };
      },

      async list() {
        const [tasks, records] = await Promise.all([
          service.tasks(tenant, { limit: 10 }),
          service.adaptations(tenant, task, { limit: 100 }).catch(unlessCode('task_not_found')),
        ]);
        const when = asked();
        const judge = () => {
          for (const each of tasks.data) {
            expect(each.tenant).toBe(tenant);
            expect(historyOf(tenant, each.id).mayExist(when)).toBe(true);
          }
          if (!records) return expect(history.mayBeAbsent(when)).toBe(true);
          const ids = records.data.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids) expect(history.accepted.some((each) => each.id === id)).toBe(true);
        };
        return { judge };
      },

      async view() {
        const answer = await service.task(tenant, task).catch(unlessCode('task_not_found'));
        const when = asked();
        const judge = () => {
          if (!answer) return expect(history.mayBeAbsent(when)).toBe(true);
          expect(history.mayExist(when)).toBe(true);
          const { current } = answer;
          const isRight =
            current === null ? history.mayBeUnadapted(when) : history.mayBeCurrent(current, when);
          expect(isRight, `current ${current}`).toBe(true);
        };
        return { judge };
      },
    };
    count(command.kind);
    return kinds[command.kind]();
  }

  async function reference(examples: readonly Example[]): Promise<Answer> {
    const digest = digestOf(examples);
    const known = references.get(digest);
    if (known) return known;
    const [{ service }] = services as [WorkingService];
    const [tenant, task] = ['reference', digest.replace(':', '-')];
    const support = subject.supportOf(examples);
    const accepted = await service.adapt(tenant, task, { model, support });
    await service.waitUntilEnded(accepted, AbortSignal.timeout(20_000));
    const { predictions } = await service.predict(tenant, task, inputs);
    references.set(digest, predictions);
    return predictions;
  }

  return {
    /** Runs the commands at the same time. */
    async together(commands: readonly Command[]): Promise<void> {
      const answered = await Promise.all(commands.map(send));
      let rest = answered.filter(({ learn }) => learn);
      for (let before = 0; rest.length !== before; ) {
        before = rest.length;
        rest = rest.filter(({ learn }) => !learn?.());
      }
      expect(rest, 'adaptations to examples that this task was never given').toEqual([]);
      for (const { judge } of answered) await judge();
    },

    /** Waits until all adaptations have ended, and checks that the stored data are consistent. */
    async atRest(): Promise<void> {
      const [{ store, service }] = services as [WorkingService];
      for (const tenant of tenants) {
        const isIdle = async () => expect((await store.usage(tenant)).queued).toBe(0);
        await eventually(isIdle, { timeout: 20_000, interval: 5 });
        const { records, usage } = await countUsage(store, tenant, subject.encoders);
        expect(await store.usage(tenant)).toEqual(usage);
        const { data: tasks } = await service.tasks(tenant, { limit: 100 });
        for (const { id, current, labels } of tasks) {
          const [latest] = records
            .filter(({ task, status }) => task === id && status === 'succeeded')
            .sort((a, b) => b.sequence - a.sequence);
          expect(current).toBe(latest?.id ?? null);
          expect(new Set(labels)).toEqual(new Set(Object.keys(latest?.support.labels ?? {})));
          await service.deleteTask(tenant, id);
        }
        expect(await store.usage(tenant)).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
      }
    },
  };
}

function expectSame(got: Answer, right: Answer): void {
  const [a, b] = [got[0]?.probabilities ?? {}, right[0]?.probabilities ?? {}];
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const label of Object.keys(b))
    expect(Math.abs((a[label] ?? Number.NaN) - (b[label] ?? 0))).toBeLessThanOrEqual(TOLERANCE);
}
