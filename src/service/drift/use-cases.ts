import type { Drift } from '../../domain/drift/drift.ts';
import type { Check } from '../../domain/drift/kept-checks.ts';
import type { TenantId } from '../../domain/task.ts';

export const REFERENCES = ['window', 'support'] as const;
/** `window`: the first inputs since monitoring began. `support`: the examples of its current adaptation. */
export type ReferenceKind = (typeof REFERENCES)[number];

/** Times are ISO; null when there are no inputs. */
export interface Sample {
  readonly size: number;
  readonly from: string | null;
  readonly to: string | null;
}

export interface DriftView extends Drift {
  readonly window: Sample;
  readonly reference: Sample & { readonly kind: ReferenceKind };
  /** Since when checks in the background have found drift; null if they do not. */
  readonly since: string | null;
  /** What these checks have measured, the oldest first: the latest ones, and some of the older ones. */
  readonly checks: readonly Check[];
}

export interface DriftUseCases {
  /**
   * Whether the inputs of a monitored task have changed.
   * @throws `task_not_found`, `task_not_monitored`; `task_not_adapted` without an adaptation, for `support`
   */
  drift(tenant: TenantId, task: string, reference: ReferenceKind): Promise<DriftView>;
  /** Checks all monitored tasks of which enough is stored that was not checked yet. Called every minute. */
  checkDrift(): Promise<void>;
  /** Stores what this process has not stored yet of the inputs of monitored tasks. For a process that ends. */
  flushAsked(): Promise<void>;
}
