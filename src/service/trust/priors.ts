import type { Adaptation } from '../../domain/adaptation.ts';
import { decodeRarities } from '../../domain/trust/novelty/rarity.ts';
import type { Priors } from '../../domain/trust/report/report-of.ts';
import { temperatureAt } from '../../domain/trust/temperature.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Models } from '../models.ts';
import { metricOf } from './metric.ts';

/** What a package knows from its training tasks. Without it: logits as they are, plain intervals. */
export function priorsOf(manifest: Manifest | null): Priors {
  const { temperatures = [], intervalFactor = 1 } = manifest?.calibration ?? {};
  const metric = manifest ? metricOf(manifest) : 'cosine';
  return { temperatures, intervalFactor, metric, rarities: manifest && raritiesOf(manifest) };
}

/** Decoded once for each package, because every prediction needs them. */
const decoded = new WeakMap<Manifest, Uint8Array | null>();

/** Null if the package does not know what is rare. */
export function raritiesOf(manifest: Manifest): Uint8Array | null {
  const known = decoded.get(manifest);
  if (known !== undefined) return known;
  const text = manifest.calibration?.rarities;
  const rarities = text === undefined ? null : decodeRarities(text);
  decoded.set(manifest, rarities);
  return rarities;
}

/** The temperature of the predictions of an adaptation: that of its report, else that of its package. */
export function temperatureOf(
  { packageDigest, support, report }: Pick<Adaptation, 'packageDigest' | 'support' | 'report'>,
  models: Pick<Models, 'withDigest'>,
): number {
  if (report?.calibration) return report.calibration.temperature;
  const { temperatures } = priorsOf(models.withDigest(packageDigest));
  return temperatureAt(
    temperatures,
    support.examples / Math.max(1, Object.keys(support.labels ?? {}).length),
  );
}
