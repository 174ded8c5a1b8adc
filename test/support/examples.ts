import type { Adaptation, AdaptationDraft } from '../../src/domain/adaptation.ts';
import { type Content, contentDigestOf } from '../../src/domain/content.ts';
import type { Example } from '../../src/domain/example.ts';
import { contentDigest } from '../../src/domain/idempotency.ts';
import { type GivenSupport, supportSet } from '../../src/domain/support-set.ts';
import { tensorContent } from '../../src/domain/tensor-content.ts';
import { tensor } from '../../src/tensor.ts';

const EARLY = '2026-01-01T00:00:00.000Z';

/** A quota that no test reaches. */
export const plenty = { tasks: 1e6, examples: 1e6, bytes: 1e12, queued: 1e6 };

/** A support set of one-dimensional inputs, with its contents; the value of row n is `start + n`. */
export function supportOf(labels: readonly string[], start = 0): GivenSupport {
  return givenSupport(labels.map((label, n) => ({ x: [start + n], label })));
}

/** A support set for regression, with its contents: targets of shape [n] for inputs of shape [m]. */
export function targetsOf(
  points: readonly { x: readonly number[]; target: readonly number[] }[],
): GivenSupport {
  return givenSupport(points, [points[0]?.target.length ?? 0]);
}

interface Point {
  readonly x: readonly number[];
  /** Default: the tensor x. */
  readonly content?: Content;
  readonly label?: string;
  readonly target?: readonly number[];
}

/** The support set of these points, with its contents. */
export function givenSupport(points: readonly Point[], targetShape?: readonly number[]): GivenSupport {
  const inputs = points.map(({ x, content }) => content ?? tensorContent(tensor([x.length], x)));
  const examples = points.map(({ x: _, content: __, ...outcome }, n): Example => {
    const content = contentDigestOf(inputs[n] as Content);
    const id = `ex_${contentDigest([content, outcome, n]).slice(7, 39)}`;
    return { id, kind: 'tensor', content, ...outcome, weight: 1, createdAt: EARLY, source: 'adapt' };
  });
  return {
    support: supportSet({ examples, ...(targetShape && { targetShape }) }),
    contents: new Map(examples.map(({ content }, n) => [content, inputs[n] as Content])),
  };
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
    report: null,
    gate: null,
    createdAt: EARLY,
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
  createdAt: EARLY,
} as const;
