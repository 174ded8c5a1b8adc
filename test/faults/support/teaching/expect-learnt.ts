import { expect } from 'vitest';
import { eventually } from '../../../support/eventually.ts';
import type { ReceivedMessage } from '../../../support/webhooks/receiver.ts';
import type { Call } from '../client.ts';
import type { Lesson } from './teacher.ts';

interface Item {
  readonly id: string;
  readonly status: string;
  readonly label: string;
  readonly task: string;
  readonly gate: { readonly decision: string } | null;
  readonly report: object | null;
  readonly support: { readonly examples: number; readonly labels: Readonly<Record<string, number>> };
}

/** Longer than the lease of a message, a batch of feedback, or a report, whose process has died. */
const PATIENCE = { timeout: 180_000, interval: 200 };
const QUERY = 'limit=100';

/** All items of a list. */
export async function all(call: Call, path: string): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let after = ''; ; ) {
    const { status, body } = await call('GET', `${path}?${QUERY}${after}`);
    expect(status, path).toBe(200);
    found.push(...body.data);
    if (body.nextCursor === null) return found;
    after = `&after=${encodeURIComponent(body.nextCursor)}`;
  }
}

function counts(labels: Iterable<string>): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const label of labels) found[label] = (found[label] ?? 0) + 1;
  return found;
}

/** Each change of the examples is there once; the last adaptation has learnt from all, and has its report. */
export async function expectLearnt(call: Call, { task, labels }: Lesson): Promise<void> {
  const examples = await all(call, `/tasks/${task}/examples`);
  const stored = examples.map(({ id, label }) => [id, label]);
  expect(stored.toSorted(), task).toEqual([...labels].toSorted());
  await eventually(async () => {
    const [latest] = (await call('GET', `/tasks/${task}/adaptations?limit=1`)).body.data as Item[];
    expect(latest, task).toMatchObject({
      status: 'succeeded',
      support: { examples: labels.size, labels: counts(labels.values()) },
      report: expect.any(Object),
    });
  }, PATIENCE);
  const input = [-1, 0];
  const answer = await call('POST', `/tasks/${task}/predict`, { inputs: [input] });
  expect(answer, `${task} predicts`).toMatchObject({ status: 200 });
}

/** Webhooks get one message for each end, and for each adaptation that was held, and no others. */
export async function expectTold(call: Call, received: readonly ReceivedMessage[]): Promise<object> {
  const tasks = await all(call, '/tasks');
  const records = (await Promise.all(tasks.map(({ id }) => all(call, `/tasks/${id}/adaptations`)))).flat();
  const isEnd = ({ status }: Item) => ['succeeded', 'failed', 'cancelled'].includes(status);
  const isHeld = (each: Item) => each.status === 'succeeded' && each.gate?.decision === 'held';
  const wanted = [
    ...records.filter(isEnd).map((each) => `adaptation.${each.status} ${each.id}`),
    ...records.filter(isHeld).map(({ id }) => `feedback.gate_held ${id}`),
  ];
  const nameOf = ({ type, data }: ReceivedMessage) => `${type} ${data.adaptation}`;
  await eventually(() => {
    const told = new Set(received.map(nameOf));
    expect(wanted.filter((each) => !told.has(each))).toEqual([]);
  }, PATIENCE);
  const ids = new Map<string, Set<string>>();
  for (const each of received) ids.set(nameOf(each), (ids.get(nameOf(each)) ?? new Set()).add(each.id));
  expect([...ids].filter(([, { size }]) => size !== 1)).toEqual([]);
  // Erased ones had ended before, or not.
  const known = new Set(records.map(({ id }) => id));
  expect(received.filter(({ data }) => !known.has(String(data.adaptation)))).toEqual([]);
  const erased = new Set(records.filter(({ status }) => status === 'erased').map(({ id }) => id));
  const others = [...ids.keys()].filter((name) => !erased.has(name.split(' ')[1] ?? ''));
  expect(others.toSorted()).toEqual(wanted.toSorted());
  return {
    adaptations: records.length,
    held: records.filter(isHeld).length,
    again: received.length - ids.size,
  };
}
