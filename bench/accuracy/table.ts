import type { Manifest, Metric } from '../../src/package/manifest.ts';
import { markdownTable } from '../../src/training/card/markdown-table.ts';
import type { FrozenMetrics } from './frozen.ts';
import { type Paper, type Published, papers } from './papers.ts';

/** `5-way 1-shot`, or `10-shot` for regression. */
export const settingOf = ({ ways, shots }: Metric) =>
  `${ways === undefined ? '' : `${ways}-way `}${shots}-shot`;

/**
 * The metrics to compare with a paper: those with the paper's number of steps, or the package's default if the paper
 * has no entry.
 */
export function compared({ name, inner, metrics }: Manifest): readonly Metric[] {
  const steps = papers[name]?.steps ?? inner.steps.default;
  return metrics.filter((metric) => metric.steps === steps);
}

/** One Markdown table per data set, followed by the differences between the protocols. */
export function accuracyTables(manifests: readonly Manifest[]): string {
  const measured = manifests.filter((each) => each.metrics.length > 0 && !readsFeatures(each));
  const datasets = [...new Set(measured.map(datasetOf))];
  return datasets
    .map((dataset) =>
      section(
        dataset,
        measured.filter((each) => datasetOf(each) === dataset),
      ),
    )
    .join('\n\n');
}

const readsFeatures = ({ input }: Manifest) => input.preprocessing.kind === 'encoder';

/** For each package over an encoder: its results on data sets that training did not read, beside its frozen baselines. */
export function encoderTables(
  manifests: readonly Manifest[],
  frozen: Readonly<Record<string, FrozenMetrics>>,
): string {
  return manifests
    .filter((each) => readsFeatures(each) && each.metrics.length > 0)
    .map((manifest) => {
      const columns = { [link(manifest.name)]: manifest.metrics, ...frozen[manifest.name] };
      const rows = manifest.metrics.map((metric, i) => [
        metric.dataset,
        settingOf(metric),
        `${metric.episodes}`,
        ...Object.values(columns).map((metrics) => ours(metrics[i])),
        metric.calibrationError === undefined ? '–' : (100 * metric.calibrationError).toFixed(1),
      ]);
      const [example] = manifest.metrics;
      return [
        `## ${manifest.name}`,
        `Seed ${example?.seed}; ${example?.protocol}. Frozen: cosine prototypes without training.`,
        markdownTable(
          ['Data', 'Episodes of', 'Number', ...Object.keys(columns), 'Calibration error'],
          rows,
          2,
        ),
      ].join('\n\n');
    })
    .join('\n\n');
}

const datasetOf = ({ metrics }: Manifest) => metrics[0]?.dataset ?? '';

function section(dataset: string, manifests: readonly Manifest[]): string {
  const bySize = (a: Metric, b: Metric) => (a.ways ?? 0) - (b.ways ?? 0) || a.shots - b.shots;
  const settings = [...new Set(manifests.flatMap(compared).toSorted(bySize).map(settingOf))];
  const rows = manifests.flatMap((manifest) => {
    const metrics = new Map(compared(manifest).map((metric) => [settingOf(metric), metric]));
    const paper = papers[manifest.name];
    const steps = compared(manifest)[0]?.steps ?? 0;
    return [
      [link(manifest.name), `${steps}`, ...settings.map((each) => ours(metrics.get(each)))],
      ...(paper ? [['the paper', '', ...settings.map((each) => theirs(paper.numbers[each]))]] : []),
    ];
  });
  const [example] = manifests.flatMap(compared);
  return [
    `## ${dataset}`,
    `Ours: ${example?.split} split, ${example?.episodes} episodes, seed ${example?.seed}; ${example?.protocol}.`,
    markdownTable(['Package', 'Steps', ...settings], rows, 1),
    manifests.flatMap(({ name }) => note(name, papers[name])).join('\n'),
  ].join('\n\n');
}

const link = (name: string) => `[\`${name}\`](../models/${name}/README.md)`;

const ours = (metric: Metric | undefined) => (metric ? written(metric.name, metric) : '–');
const theirs = (published: Published | undefined) => {
  if (!published) return '–';
  const { value, interval95 } = published;
  const shown = Number.isInteger(value) ? value.toFixed(1) : `${value}`;
  return interval95 === undefined ? shown : `${shown} ± ${interval95}`;
};

function written(name: Metric['name'], { value, interval95 }: Metric): string {
  return name === 'accuracy'
    ? `**${(100 * value).toFixed(2)}** ± ${(100 * interval95).toFixed(2)}`
    : `**${value.toFixed(3)}** ± ${interval95.toFixed(3)}`;
}

const note = (name: string, paper: Paper | undefined) =>
  paper ? [`- \`${name}\`: ${paper.source}; ${paper.difference}.`] : [];
