import type { Section } from '../section.ts';
import { adversarial } from './adversarial.ts';
import { calibration } from './calibration.ts';
import { coverage } from './coverage.ts';
import { degenerate } from './degenerate.ts';
import { drift } from './drift.ts';
import { errors } from './errors.ts';
import { explanations } from './explanations.ts';
import { novelty } from './novelty.ts';
import { poisoning } from './poisoning.ts';
import { speed } from './speed.ts';

/** The sections of `bench/TRUST.md`, in its order. */
export const sections: Readonly<Record<string, Section>> = {
  coverage,
  errors,
  calibration,
  novelty,
  degenerate,
  adversarial,
  explanations,
  poisoning,
  drift,
  speed,
};
