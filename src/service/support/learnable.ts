import type { Adaptation } from '../../domain/adaptation.ts';
import type { Content } from '../../domain/content.ts';
import { encodeOutcome, type SupportSet } from '../../domain/support-set.ts';
import { tensorOf } from '../../domain/tensor-content.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { stack, type Tensor } from '../../tensor.ts';
import type { Features } from '../inputs/features.ts';
import { rowVector } from '../inputs/row-vector.ts';
import type { Models } from '../models.ts';

/** A support set as the programs read it: `support_x` [N, …input] and `support_y` [N, ways | …output]. */
export interface Learnable {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly support: SupportSet;
}

/** Reads the support set of an adaptation. Null when it is not stored (any more). */
export type ReadLearnable = (adaptation: Adaptation, signal?: AbortSignal) => Promise<Learnable | null>;

interface Parts {
  readonly models: Models;
  readonly store: Pick<TaskStore, 'supportSet' | 'contents'>;
  readonly features: Features;
}

export function createReadLearnable({ models, store, features }: Parts): ReadLearnable {
  return async (adaptation, signal) => {
    const { tenant, task, support: summary } = adaptation;
    const support = await store.supportSet(tenant, task, summary.digest);
    if (!support) return null;
    const x = support.inputs ?? (await readInputs(adaptation, support, signal));
    return x && { x, y: encodeOutcome(support), support };
  };

  async function readInputs(
    { tenant, packageDigest, columns }: Adaptation,
    { examples }: SupportSet,
    signal: AbortSignal | undefined,
  ): Promise<Tensor | null> {
    const manifest = models.withDigest(packageDigest);
    if (!manifest) throw new Error(`Expected the package ${packageDigest}`);
    const { encoder, reads, shape } = models.input(manifest);
    const digests = examples.map(({ content }) => content);
    if (encoder) {
      const rows = await features.ofStored(tenant, encoder, digests, { signal });
      return rows && stack(rows);
    }
    const contents = await store.contents(tenant, digests);
    const found = digests.flatMap((digest) => contents.get(digest) ?? []);
    if (found.length < digests.length) return null;
    const rowTensor = (content: Content) =>
      reads === 'row' ? rowVector(content, columns ?? []).features : tensorOf(content, shape);
    return stack(found.map(rowTensor));
  }
}
