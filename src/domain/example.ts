import { randomBytes } from 'node:crypto';
import type { ContentKind } from './content.ts';

/** Where an example comes from: a support set that was sent, or feedback on a prediction. */
export type ExampleSource = 'adapt' | 'feedback';

/** One labelled example of a task. It never changes: another label is another example with the same id, in a later set. */
export interface Example {
  /** `ex_` and 128 random bits. */
  readonly id: string;
  readonly kind: ContentKind;
  /** Digest of its canonical content, which the store keeps once per tenant. */
  readonly content: string;
  /** For classification. */
  readonly label?: string;
  /** For regression: the right answer, row-major, in the output shape of the package. */
  readonly target?: readonly number[];
  /** Weight of its row of `support_y`. */
  readonly weight: number;
  readonly createdAt: string;
  readonly source: ExampleSource;
  /** For feedback: a person has looked at it again, so it has the full weight. */
  readonly confirmed?: true;
}

export const EXAMPLE_ID_PATTERN = '^ex_[0-9a-f]{32}$';

export function newExampleId(): string {
  return `ex_${randomBytes(16).toString('hex')}`;
}
