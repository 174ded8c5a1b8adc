import type { Adaptation } from '../../domain/adaptation.ts';
import type { TenantId } from '../../domain/task.ts';
import type { RawInput } from '../inputs/raw-input.ts';

/** An input that two adaptations answer differently. */
export interface Difference<Answer> {
  /** Its position among the inputs, from 0. */
  readonly item: number;
  readonly answers: readonly [Answer, Answer];
}

export interface Comparison<Answer> {
  readonly adaptations: readonly { readonly id: string; readonly model: string }[];
  readonly inputs: number;
  /** Share of the inputs with the same label; for regression, with numbers that differ by rounding only. */
  readonly agreement: number;
  /** For regression: the mean distance of the numbers. */
  readonly meanAbsoluteDifference?: number;
  readonly differences: readonly Difference<Answer>[];
}

export interface VersionUseCases<Answer> {
  /**
   * Makes a succeeded adaptation the current one: back to an earlier version, or forward again. It stays current until an
   * adaptation succeeds that is accepted later.
   * @throws `adaptation_not_found`, `adaptation_not_succeeded`, `adaptation_erased`
   */
  activate(tenant: TenantId, task: string, id: string): Promise<Adaptation>;
  /** Predicts the same inputs with two adaptations. @throws the errors of `predict` */
  compare(
    tenant: TenantId,
    task: string,
    adaptations: readonly [string, string],
    inputs: readonly RawInput[],
    signal?: AbortSignal,
  ): Promise<Comparison<Answer>>;
}
