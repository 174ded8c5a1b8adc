import { expect } from 'vitest';
import type { createRandom } from '../../../../src/training/random.ts';
import type { Call } from '../client.ts';

type Random = ReturnType<typeof createRandom>;

/** What a teacher has done, by the answers that came. */
export interface Lesson {
  readonly task: string;
  /** The label of each example, by id. */
  readonly labels: ReadonlyMap<string, string>;
}

interface Teacher {
  readonly lesson: Lesson;
  /** Changes the examples in one way or another. */
  act(random: Random): Promise<void>;
  /** Feedback that is learnt from at once. */
  end(): Promise<void>;
}

const SIDES = ['left', 'right'] as const;
const PER_SIDE = 6;
const examplesOf = (model: string) => ({
  model,
  support: SIDES.flatMap((label, side) =>
    Array.from({ length: PER_SIDE }, (_, n) => ({ label, input: [2 * side - 1, n / PER_SIDE] })),
  ),
  ...(model === 'tiny-gradients' && { settings: { steps: 300, rate: 1e-3 } }),
});

/** Adapts a task, and waits for it. */
async function begin(call: Call, task: string, model: string): Promise<void> {
  const keep = { predictions: 100, hours: 1 };
  expect(await call('PUT', `/tasks/${task}`, { model, keep })).toMatchObject({ body: { id: task } });
  const adapt = () => call('POST', `/tasks/${task}/adapt`, examplesOf(model), { prefer: 'wait=30' });
  await expect.poll(async () => (await adapt()).body.status, { timeout: 90_000 }).toBe('succeeded');
}

/** A client that is the only one to change the examples of its task, with one call after the other. */
export async function startTeacher(call: Call, task: string, model: string): Promise<Teacher> {
  await begin(call, task, model);
  const at = `/tasks/${task}`;
  const labels = new Map<string, string>();
  const own: string[] = [];
  const listed = await call('GET', `${at}/examples?limit=100`);
  for (const { id, label } of listed.body.data) labels.set(id, label);
  let count = 0;

  async function feedback(given: object, label: string, readapt: 'now' | 'batch'): Promise<void> {
    const key = { 'idempotency-key': `${task}-${count++}` };
    const answer = await call('POST', `${at}/feedback`, { ...given, label, readapt }, key);
    expect(answer).toMatchObject({ status: 202, body: { example: { label, source: 'feedback' } } });
    labels.set(answer.body.example.id, label);
    own.push(answer.body.example.id);
  }
  const newInput = (side: number) => [2 * side - 1 + count / 1000, -(count + 1) / 100];

  const acts: readonly ((random: Random, label: (typeof SIDES)[number]) => Promise<void>)[] = [
    (random, label) =>
      feedback({ input: newInput(SIDES.indexOf(label)) }, label, random.integer(3) ? 'now' : 'batch'),
    async (_, label) => {
      const inputs = [newInput(SIDES.indexOf(label))];
      const { status, body } = await call('POST', `${at}/predict`, { inputs });
      // None of its adaptations answers while the examples of the current one are erased.
      if (status === 409) return;
      const [{ id, warnings }] = body.predictions;
      // A store that does not answer in time keeps nothing, and the answer says so.
      if (id === undefined) expect(warnings).toMatchObject([{ code: 'prediction_not_kept' }]);
      else await feedback({ prediction: id }, label, 'now');
    },
    async (random, label) => {
      const id = own[random.integer(own.length + 1)];
      if (id === undefined) return;
      expect(await call('PATCH', `${at}/examples/${id}`, { label })).toMatchObject({ status: 200 });
      labels.set(id, label);
    },
    async (random) => {
      const [id] = own.splice(random.integer(own.length + 1), 1);
      if (id === undefined) return;
      const { status } = await call('DELETE', `${at}/examples/${id}`);
      // Not found: an answer was lost, and the call repeated.
      expect([200, 404]).toContain(status);
      labels.delete(id);
    },
    async (random) => {
      const { data } = (await call('GET', `${at}/adaptations?limit=20`)).body;
      const ready = data.filter(({ status }: { status: string }) => status === 'succeeded');
      const { id } = ready[random.integer(ready.length + 1)] ?? {};
      if (id === undefined) return;
      const answer = await call('POST', `${at}/adaptations/${id}/activate`);
      expect(answer).toMatchObject({ status: 200, body: { id, status: 'succeeded' } });
    },
    async () => {
      expect([200, 202]).toContain((await call('POST', `${at}/readapt`, {})).status);
    },
  ];
  return {
    lesson: { task, labels },
    act: async (random) => acts[random.integer(acts.length)]?.(random, SIDES[random.integer(2)] ?? 'left'),
    end: () => feedback({ input: newInput(1) }, 'right', 'now'),
  };
}

/** A task whose feedback contradicts its examples, so that the gate holds the adaptation to it. Answers that adaptation. */
export async function mislead(call: Call, task: string): Promise<string> {
  await begin(call, task, 'tiny-prototypes');
  for (let n = 0; n < 2 * PER_SIDE; n++) {
    const side = n % 2;
    const given = { input: [10 * (1 - 2 * side), 5 + n / 10], label: SIDES[side], readapt: 'never' };
    const key = { 'idempotency-key': `${task}-${n}` };
    expect(await call('POST', `/tasks/${task}/feedback`, given, key)).toMatchObject({ status: 202 });
  }
  const answer = await call('POST', `/tasks/${task}/readapt`, {});
  expect([200, 202]).toContain(answer.status);
  return answer.body.id;
}
