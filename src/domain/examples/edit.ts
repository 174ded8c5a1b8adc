import { InnerloopError } from '../../errors.ts';
import { sizeOf } from '../../tensor.ts';
import type { Content } from '../content.ts';
import type { Example, ExampleSource } from '../example.ts';
import type { Readapt } from '../feedback/due.ts';
import type { IdempotencyKey } from '../idempotency.ts';

/** A change of the examples of a task, which the caller decides on. */
export type ExampleEdit =
  | { readonly type: 'relabel'; readonly id: string; readonly outcome: NewOutcome }
  | { readonly type: 'erase'; readonly which: ExampleFilter }
  | FeedbackEdit;

/** Adds an example as `addFeedback` says. */
export interface FeedbackEdit {
  readonly type: 'feedback';
  readonly example: Example;
  readonly content: Content;
  readonly readapt: Readapt;
  /** An earlier feedback with the same key is answered again, and nothing changes. */
  readonly idempotency?: IdempotencyKey | undefined;
}

/** The right answer to an example: for classification a label, for regression a target, row-major. */
export type NewOutcome = { readonly label: string } | { readonly target: readonly number[] };

/** Examples that match all members. */
export interface ExampleFilter {
  readonly id?: string | undefined;
  readonly label?: string | undefined;
  readonly source?: ExampleSource | undefined;
}

export function matches(example: Example, { id, label, source }: ExampleFilter): boolean {
  return (
    (id === undefined || example.id === id) &&
    (label === undefined || example.label === label) &&
    (source === undefined || example.source === source)
  );
}

/**
 * The example with another right answer. A person has looked at it, so an example of feedback counts as confirmed, with the
 * full weight.
 * @throws InnerloopError `invalid_support_set` when the other examples have outcomes of another kind or shape
 */
export function relabelled(
  example: Example,
  outcome: NewOutcome,
  targetShape: readonly number[] | undefined,
): Example {
  const { label: _, target: __, ...rest } = example;
  const confirmed = example.source === 'feedback' && { confirmed: true as const };
  if ('label' in outcome) {
    if (targetShape) throw wrong('/label', 'a target, because the task predicts numbers', 'a label');
    return { ...rest, label: outcome.label, weight: 1, ...confirmed };
  }
  const { target } = outcome;
  if (!targetShape) throw wrong('/target', 'a label, because the task predicts classes', 'a target');
  if (target.length !== sizeOf(targetShape))
    throw wrong('/target', `a target of shape [${targetShape}]`, `${target.length} numbers`);
  return { ...rest, target, weight: 1, ...confirmed };
}

function wrong(pointer: string, expected: string, got: string): InnerloopError {
  return new InnerloopError('invalid_support_set', `Expected ${expected}, got ${got}`, {
    pointer,
    expected,
    got,
  });
}
