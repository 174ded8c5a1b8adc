import type { Adaptation } from '../../domain/adaptation.ts';
import { encodeOutcome, type SupportSet } from '../../domain/support-set.ts';
import { tensorOf } from '../../domain/tensor-content.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { stack, type Tensor } from '../../tensor.ts';
import type { Models } from '../models.ts';

/** A support set as the programs read it: `support_x` [N, …input] and `support_y` [N, ways | …output]. */
export interface Learnable {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Reads the support set of an adaptation. Null when it is not stored (any more). */
export type ReadLearnable = (adaptation: Adaptation) => Promise<Learnable | null>;

interface Parts {
  readonly models: Models;
  readonly store: Pick<TaskStore, 'supportSet' | 'contents'>;
}

export function createReadLearnable({ models, store }: Parts): ReadLearnable {
  return async (adaptation) => {
    const { tenant, task, support: summary } = adaptation;
    const support = await store.supportSet(tenant, task, summary.digest);
    if (!support) return null;
    const x = support.inputs ?? (await readInputs(adaptation, support));
    return x && { x, y: encodeOutcome(support) };
  };

  async function readInputs({ tenant, packageDigest }: Adaptation, { examples }: SupportSet) {
    const manifest = models.withDigest(packageDigest);
    if (!manifest) throw new Error(`Expected the package ${packageDigest}`);
    const { shape } = models.input(manifest);
    const digests = examples.map(({ content }) => content);
    const contents = await store.contents(tenant, digests);
    const rows = digests.flatMap((digest) => contents.get(digest) ?? []);
    return rows.length < digests.length ? null : stack(rows.map((row) => tensorOf(row, shape)));
  }
}
