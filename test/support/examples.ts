import type { Adaptation, AdaptationDraft } from '../../src/domain/adaptation.ts';
import type { SupportSet } from '../../src/domain/support-set.ts';
import { labelledSupport } from '../../src/domain/support-set.ts';
import { tensor } from '../../src/tensor.ts';

/** A quota that no test reaches. */
export const plenty = { tasks: 1e6, examples: 1e6, bytes: 1e12, queued: 1e6 };

/** A support set of one-dimensional inputs; the value of row n is `start + n`. */
export function supportOf(labels: readonly string[], start = 0): SupportSet {
  const values = labels.map((_, n) => start + n);
  return labelledSupport(tensor([labels.length, 1], values), labels);
}

/** A queued adaptation, as `accept` takes it. */
export function draftOf(id: string, overrides: Partial<Adaptation> = {}): AdaptationDraft {
  return {
    id,
    tenant: 'acme',
    task: 'runes',
    model: 'tiny@1.0.0',
    packageDigest: `sha256:${'0'.repeat(64)}`,
    settings: { steps: 2, rate: 0.1, seed: 0 },
    support: { digest: 'sha256:none', examples: 2, labels: { alef: 1, bet: 1 } },
    warnings: [],
    columns: null,
    status: 'queued',
    attempts: 0,
    executionProvider: null,
    losses: [],
    selection: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    error: null,
    ...overrides,
  };
}

export const taskDraft = {
  tenant: 'acme',
  id: 'runes',
  model: 'tiny',
  createdAt: '2026-01-01T00:00:00.000Z',
} as const;
