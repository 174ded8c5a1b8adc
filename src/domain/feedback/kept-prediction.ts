import { createHash, randomBytes } from 'node:crypto';
import type { Content } from '../content.ts';
import type { TenantId } from '../task.ts';
import { jsonBytes } from '../usage.ts';

/** A prediction that a task keeps, without its input. */
export interface KeptPrediction {
  readonly id: string;
  readonly adaptation: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Kind and digest of its input in canonical form. */
  readonly kind: Content['kind'];
  readonly content: string;
  /** For classification; null if it was rejected. `best` is then the label that it would have had. */
  readonly label?: string | null;
  readonly best?: string;
  readonly probabilities?: Readonly<Record<string, number>>;
  /** For regression. */
  readonly value?: unknown;
  readonly novelty: number | null;
  /** Whether it has feedback. */
  readonly hasFeedback?: true;
}

/** What a prediction was made of. */
export interface KeptInput {
  readonly content: Content;
  /** [d] as the encoder of its package computed them; null for packages without an encoder. */
  readonly features: Float32Array | null;
}

/** What was predicted, and what is right. */
export interface Outcome {
  readonly prediction: string;
  readonly adaptation: string;
  readonly at: string;
  /** For classification. */
  readonly predicted?: string;
  readonly label?: string;
  /** For regression: the mean squared error. */
  readonly error?: number;
}

/** The latest outcomes of a task that are kept. */
export const KEPT_OUTCOMES = 100;

/** The latest `KEPT_OUTCOMES`, with `given` in place of an earlier outcome of the same prediction. */
export function addOutcome(outcomes: readonly Outcome[], given: Outcome): readonly Outcome[] {
  const others = outcomes.filter(({ prediction }) => prediction !== given.prediction);
  return [...others, given].slice(-KEPT_OUTCOMES);
}

const ID = /^prd_([0-9a-f]{32})([0-9a-f]{8})$/;

/** 128 random bits, and 32 bits that show whether an id belongs to this task, even if it is not kept any more. */
export function newPredictionId(tenant: TenantId, task: string): string {
  const random = randomBytes(16).toString('hex');
  return `prd_${random}${checkOf(random, tenant, task)}`;
}

/** Whether the id was given to a prediction of this task. */
export function isPredictionOf(id: string, tenant: TenantId, task: string): boolean {
  const [, random, check] = ID.exec(id) ?? [];
  return random !== undefined && check === checkOf(random, tenant, task);
}

function checkOf(random: string, tenant: TenantId, task: string): string {
  const text = JSON.stringify([random, tenant, task]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Bytes of a kept prediction in the usage of its tenant. */
export function keptBytes(prediction: KeptPrediction, { content, features }: KeptInput): number {
  return jsonBytes(prediction) + content.bytes.length + 4 * (features?.length ?? 0);
}
