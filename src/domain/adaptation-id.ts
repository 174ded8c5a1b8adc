import { createHash } from 'node:crypto';
import type { Adaptation } from './adaptation.ts';

type Identity = Pick<Adaptation, 'tenant' | 'task' | 'packageDigest' | 'settings'> & {
  readonly supportDigest: string;
};

export const ADAPTATION_ID_PATTERN = '^adp_[0-9a-f]{32}$';

/**
 * An adaptation is a pure function of these; its id is their hash. To the bit that holds on one execution provider; another
 * rounds otherwise. The provider is left out all the same: the id is made when the request is accepted, before anybody
 * knows who will run it, and the same request must be the same adaptation wherever it runs or is computed again.
 */
export function adaptationId({ tenant, task, packageDigest, settings, supportDigest }: Identity): string {
  const { steps, rate, seed } = settings;
  const identity = JSON.stringify([tenant, task, packageDigest, steps, rate, seed, supportDigest]);
  return `adp_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}
