import { createHash } from 'node:crypto';
import type { Adaptation } from './adaptation.ts';

type Identity = Pick<Adaptation, 'tenant' | 'task' | 'packageDigest' | 'settings'> & {
  readonly supportDigest: string;
};

export const ADAPTATION_ID_PATTERN = '^adp_[0-9a-f]{32}$';

/** An adaptation is a pure function of these; its id is their hash. */
export function adaptationId({ tenant, task, packageDigest, settings, supportDigest }: Identity): string {
  const { steps, rate, seed } = settings;
  const identity = JSON.stringify([tenant, task, packageDigest, steps, rate, seed, supportDigest]);
  return `adp_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}
