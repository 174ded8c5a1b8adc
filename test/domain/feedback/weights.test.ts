import { expect, it } from 'vitest';
import type { Example } from '../../../src/domain/example.ts';
import { addFeedback } from '../../../src/domain/examples/add-feedback.ts';
import { weighted } from '../../../src/domain/examples/weights.ts';
import { withFeedbackDue } from '../../../src/domain/feedback/due.ts';
import { isPredictionOf, newPredictionId } from '../../../src/domain/feedback/kept-prediction.ts';
import { mergeTask } from '../../../src/domain/transitions.ts';
import { supportOf, taskDraft } from '../../support/examples.ts';

const [base] = supportOf(['a']).support.examples as [Example];
let made = 0;
const example = (label: string, change: Partial<Example> = {}): Example => {
  made += 1;
  return { ...base, id: `ex_${made}`, content: `sha256:${made}`, label, source: 'feedback', ...change };
};
const adapt = { source: 'adapt' } as const;

it('examples of feedback weigh at most half of their label', () => {
  const of = (examples: readonly Example[]) => weighted(examples).map(({ weight }) => weight);
  expect(of([example('a', adapt), example('a')])).toEqual([1, 1]);
  expect(of([example('a', adapt), ...Array.from({ length: 4 }, () => example('a'))])).toEqual([
    1, 0.25, 0.25, 0.25, 0.25,
  ]);
  const confirmed = { confirmed: true } as const;
  expect(of([example('a', adapt), example('a', confirmed), example('a'), example('b')])).toEqual([
    1, 1, 1, 1,
  ]);
  // What is confirmed later counts fully again.
  const [, second] = weighted([example('a', adapt), example('a'), example('a')]);
  expect(of([example('a', adapt), { ...(second as Example), ...confirmed, weight: 1 }])).toEqual([1, 1]);
});

it('feedback on a content replaces its own label, but no confirmed one', () => {
  const given = example('a', adapt);
  const first = addFeedback([given], example('b', { content: 'sha256:x' }));
  const second = addFeedback(first.examples, example('c', { content: 'sha256:x' }));
  expect(second.examples.map(({ label }) => label)).toEqual(['a', 'c']);
  expect(second.example.id).toBe(first.example.id);
  const same = addFeedback(second.examples, example('c', { content: 'sha256:x' }));
  expect(same.examples).toBe(second.examples);
  const confirmed = second.examples.map((each) => ({ ...each, confirmed: true as const }));
  expect(addFeedback(confirmed, example('d', { content: 'sha256:x' }))).toMatchObject({
    examples: confirmed,
    example: { label: 'c' },
  });
  // An example that was sent says the same already.
  expect(addFeedback([given], example('a', { content: given.content })).example).toBe(given);
  expect(addFeedback([given], example('z', { content: given.content })).examples).toHaveLength(2);
});

it('a batch is due when it is full, or some time after its first', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  let task = mergeTask(null, taskDraft);
  expect(withFeedbackDue(task, 'never', at(0)).feedbackDue).toBeUndefined();
  for (let n = 0; n < 9; n++) task = withFeedbackDue(task, 'batch', at(n));
  expect(task.feedbackDue).toEqual({ count: 9, at: at(60) });
  expect(withFeedbackDue(task, 'batch', at(9)).feedbackDue).toEqual({ count: 10, at: at(9) });
  const now = withFeedbackDue(task, 'now', at(9));
  expect(now.feedbackDue).toEqual({ count: 10, at: at(9) });
  expect(withFeedbackDue(now, 'batch', at(20)).feedbackDue?.at).toBe(at(9));
});

it('ids of predictions tell their task, and repeat never', () => {
  const id = newPredictionId('acme', 'runes');
  expect(id).toMatch(/^prd_[0-9a-f]{40}$/);
  expect(isPredictionOf(id, 'acme', 'runes')).toBe(true);
  for (const [tenant, task] of [
    ['acme', 'runes2'],
    ['acme2', 'runes'],
  ] as const)
    expect(isPredictionOf(id, tenant, task)).toBe(false);
  expect(isPredictionOf(`${id}0`, 'acme', 'runes')).toBe(false);
  expect(newPredictionId('acme', 'runes')).not.toBe(id);
});
