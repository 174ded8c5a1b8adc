import type { Manifest, Metric } from '../../src/package/manifest.ts';
import type { TableResults } from '../../src/training/tables/table-card.ts';
import type { FrozenMetrics } from '../accuracy/frozen.ts';
import { papers } from '../accuracy/papers.ts';
import { compared, settingOf } from '../accuracy/table.ts';
import { type DotPlot, dotPlot, type Mark, type Panel } from './dot-plot.ts';

export interface AccuracySources {
  /** Manifests of the packages by name. */
  readonly manifests: Readonly<Record<string, Manifest>>;
  readonly frozen: Readonly<Record<string, FrozenMetrics>>;
  readonly tables: TableResults;
}

const OURS = 'Innerloop';
const PEER = 'the peer that each part names';
const LINEAR = 'a linear model';

/** The packages for signs by the name of their method. */
const methods: Readonly<Record<string, string>> = {
  'omniglot-protonets': 'prototypes',
  'omniglot-matching': 'matching networks',
  'omniglot-maml': 'MAML',
  'omniglot-fomaml': 'first-order MAML',
  'omniglot-reptile': 'Reptile',
  'omniglot-meta-sgd': 'Meta-SGD',
  'omniglot-anil': 'ANIL',
};

/** Data sets of the packages over encoders: package, data set, setting, label, and the baseline beside it. */
const jobs: readonly (readonly [string, string, string, string, string])[] = [
  ['photos-imagenet', 'dtd10', '5-way 5-shot', 'textures, photos-imagenet', 'frozen, all layers'],
  ['photos', 'dtd10', '5-way 5-shot', 'textures, photos', 'frozen, all layers'],
  ['photos-imagenet', 'quickdraw25', '5-way 5-shot', 'sketches, photos-imagenet', 'frozen, all layers'],
  ['photos', 'quickdraw25', '5-way 5-shot', 'sketches, photos', 'frozen, all layers'],
  ['photos-imagenet', 'cifar10', '5-way 5-shot', 'tiny pictures, photos-imagenet', 'frozen, all layers'],
  ['photos', 'cifar10', '5-way 5-shot', 'tiny pictures, photos', 'frozen, all layers'],
  ['speech', 'spoken_digits', '5-way 5-shot', 'spoken words, speech', 'frozen'],
  ['text', 'hwu64', '5-way 5-shot', 'requests to an assistant, text', ''],
];

const percent = (value: number) => `${value} %`;

/** Accuracy beside peers: papers, features without our training, and two classic models on tables. */
export function accuracyPlot({ manifests, frozen, tables }: AccuracySources): string {
  const plot: DotPlot = {
    title: 'Accuracy on new classes, with 95 % intervals',
    series: [OURS, PEER, LINEAR],
    panels: [jobsPanel(manifests, frozen), tablesPanel(tables), signsPanel(manifests)],
  };
  return dotPlot(plot);
}

function jobsPanel(manifests: AccuracySources['manifests'], frozen: AccuracySources['frozen']): Panel {
  return {
    title: 'Your own photos, sounds and texts: 5 labels, 5 examples of each',
    note: 'peer: prototypes on the same features without our training; 1000 draws of 5 labels',
    axis: { kind: 'linear', from: 50, to: 100, ticks: [50, 60, 70, 80, 90, 100], format: percent },
    rows: jobs.map(([name, dataset, setting, label, baseline]) => {
      const { metrics = [] } = manifests[name] ?? {};
      const at = metrics.findIndex((each) => each.dataset === dataset && settingOf(each) === setting);
      const peer = frozen[name]?.[baseline]?.[at];
      return { label, marks: [...measured(OURS, metrics[at]), ...measured(PEER, peer)] };
    }),
  };
}

function tablesPanel({ tables, splits }: TableResults): Panel {
  const mean = (of: (row: TableResults['tables'][number]) => number) =>
    (100 * tables.reduce((sum, row) => sum + of(row), 0)) / tables.length;
  return {
    title: 'Tables: at most 256 rows to learn from',
    note: `peer: a random forest; mean over ${tables.length} public tables, ${splits} splits; intervals are in ACCURACY.md`,
    axis: { kind: 'linear', from: 80, to: 90, ticks: [80, 82, 84, 86, 88, 90], format: percent },
    rows: [
      {
        label: 'tables, rows',
        marks: [
          { series: OURS, value: mean(({ value }) => value) },
          { series: PEER, value: mean(({ forest }) => forest ?? Number.NaN) },
          { series: LINEAR, value: mean(({ linear }) => linear ?? Number.NaN) },
        ],
      },
    ],
  };
}

function signsPanel(manifests: AccuracySources['manifests']): Panel {
  return {
    title: 'Handwritten signs (Omniglot): 20 labels, 1 example of each',
    note: 'peer: the paper of the method; most read the whole test at once, ours one drawing at a time',
    axis: { kind: 'linear', from: 87, to: 97, ticks: [88, 90, 92, 94, 96], format: percent },
    rows: Object.entries(methods).map(([name, label]) => {
      const manifest = manifests[name];
      const ours = manifest && compared(manifest).find((each) => settingOf(each) === '20-way 1-shot');
      const paper = papers[name]?.numbers['20-way 1-shot'];
      return { label, marks: [...measured(OURS, ours), ...(paper ? [published(paper)] : [])] };
    }),
  };
}

function measured(series: string, metric: Metric | undefined): readonly Mark[] {
  if (!metric) return [];
  const [value, half] = [100 * metric.value, 100 * metric.interval95];
  return [{ series, value, low: value - half, high: value + half }];
}

function published({ value, interval95 }: { value: number; interval95?: number }): Mark {
  if (interval95 === undefined) return { series: PEER, value };
  return { series: PEER, value, low: value - interval95, high: value + interval95 };
}
