import type { Adaptation } from '../../domain/adaptation.ts';
import { nearestDistance, type QueryRow, queryRow } from '../../domain/trust/novelty/nearest.ts';
import { energyOf, noveltyOf } from '../../domain/trust/novelty/novelty.ts';
import { rarityOf } from '../../domain/trust/novelty/rarity.ts';
import { isUnavailable } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Tensor } from '../../tensor.ts';
import { metricOf } from './metric.ts';
import { raritiesOf } from './priors.ts';
import type { References } from './references.ts';

/** Measures how novel inputs are to an adaptation. */
export interface Judge {
  /** Distance of each input to the nearest example. */
  distances(): readonly number[];
  /** 0…1 by input, from its distance and its logits in y [B, ways]. */
  novelty(distances: readonly number[], y: Tensor): readonly number[];
}

/** Null when the adaptation has no confidence from left-out examples. Copies x [B, …input], because a runner takes it. */
export type Judging = (adaptation: Adaptation, manifest: Manifest, x: Tensor) => Promise<Judge | null>;

export function createJudging(references: References): Judging {
  return async (adaptation, manifest, x) => {
    const confidence = adaptation.report?.confidence;
    if (!confidence) return null;
    const metric = metricOf(manifest);
    // While the store is unavailable, a process still predicts from states in memory.
    const known =
      references.cached(adaptation) ?? (await references.read(adaptation, metric).catch(nullIfUnavailable));
    if (!known) return null;
    const queries = Array.from({ length: x.shape[0] ?? 0 }, (_, row) => queryRow(x, row));
    const rarities = raritiesOf(manifest);
    return {
      distances: () => queries.map((query) => nearestDistance(query, known)),
      novelty: (distances, { data }) => {
        const ways = data.length / distances.length;
        return distances.map((distance, row) => {
          const logits = data.subarray(row * ways, (row + 1) * ways);
          const energy = manifest.task === 'classification' ? energyOf(logits) : null;
          const { values, places } = queries[row] as QueryRow;
          const rarity = rarities && rarityOf(values, rarities, places);
          return noveltyOf({ distance, energy, rarity }, confidence.novelty);
        });
      },
    };
  };
}

function nullIfUnavailable(error: unknown): null {
  if (isUnavailable(error)) return null;
  throw error;
}
