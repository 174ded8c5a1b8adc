import type { Tensor } from '../tensor.ts';

export const MAX_LABEL_LENGTH = 128;

/**
 * The labelled examples of one adaptation, as the network sees them.
 * Classification: `labels[n]` names the class of row n; `classes` are the distinct labels in code-point
 * order, so that the order of examples never decides which logit is whose. Regression: `targets` [N, …output].
 */
export interface SupportSet {
  /** [N, …input] */
  readonly x: Tensor;
  readonly outcome:
    | { readonly kind: 'labels'; readonly labels: readonly string[]; readonly classes: readonly string[] }
    | { readonly kind: 'targets'; readonly targets: Tensor };
  /** `sha256:` over shapes, values and outcomes: equal support sets have equal digests. */
  readonly digest: string;
}
