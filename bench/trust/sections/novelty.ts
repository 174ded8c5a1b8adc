import type { OpenTrainingContext } from '../../../src/cli/context.ts';
import { labelSet } from '../../../src/domain/trust/conformal.ts';
import { reasonToReject } from '../../../src/domain/trust/novelty/rejection.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import { nameOfData } from '../../../src/training/datasets/contents/content-classes.ts';
import { namedSource } from '../named-source.ts';
import {
  auroc,
  classesOfAnother,
  type JudgedQuery,
  judged,
  withOtherClasses,
  withUnknowns,
} from '../novelty/open-set.ts';
import type { Section, TrustContext } from '../section.ts';
import { simulate } from '../simulate.ts';
import { meanOf } from './coverage.ts';

/** Tasks from `known`; their unknown inputs are other classes of it, or classes of another data set. */
interface Line {
  readonly packages: readonly string[];
  readonly known: string;
  readonly unknown?: string;
  /** Classes of the other data set, where it has fewer than ten. */
  readonly unknownClasses?: number;
  readonly ways?: number;
  readonly bar: Readonly<Record<string, number>>;
}

const PHOTOS = ['photos', 'photos-imagenet'];
const near = { photos: 0.75, 'photos-imagenet': 0.8 };
const far = { photos: 0.85, 'photos-imagenet': 0.9 };

const LINES: readonly Line[] = [
  { packages: PHOTOS, known: 'images/grocery.zip', bar: near },
  { packages: PHOTOS, known: 'images/dtd10.zip', bar: near },
  { packages: PHOTOS, known: 'images/quickdraw25.zip', bar: near },
  { packages: PHOTOS, known: 'images/cifar10.zip', bar: near },
  { packages: PHOTOS, known: 'images/flowers5.zip', ways: 3, bar: near },
  { packages: PHOTOS, known: 'images/grocery.zip', unknown: 'images/dtd10.zip', bar: far },
  { packages: PHOTOS, known: 'images/dtd10.zip', unknown: 'images/cifar10.zip', bar: far },
  { packages: PHOTOS, known: 'images/quickdraw25.zip', unknown: 'images/grocery.zip', bar: far },
  { packages: PHOTOS, known: 'images/cifar10.zip', unknown: 'images/grocery.zip', bar: far },
  { packages: PHOTOS, known: 'images/flowers5.zip', unknown: 'images/grocery.zip', bar: far },
  { packages: ['text'], known: 'text/hwu64.tsv', bar: { text: 0.85 } },
  {
    packages: ['text'],
    known: 'text/clinc150.tsv',
    unknown: 'text/clinc150.oos.tsv',
    unknownClasses: 1,
    bar: { text: 0.88 },
  },
  { packages: ['speech'], known: 'audio/spoken_digits.zip', bar: {} },
  { packages: ['omniglot-protonets'], known: 'omniglot', bar: { 'omniglot-protonets': 0.95 } },
];

const QUERIES = 10;
const CLASSES = ['0', '1', '2', '3', '4'];
const LEVELS = [0.8, 0.9] as const;

/** Whether unknown inputs get a higher novelty than inputs of the known labels. */
export const novelty: Section = {
  title: 'Whether unknown inputs get a high novelty',
  intro:
    'The known inputs are queries of 5-way 5-shot tasks (3-way if a data set has five classes). There are as many unknown inputs. They belong to other classes of the same data set, or to another data set. ' +
    'AUROC is the probability that an unknown input has a higher score than a known one, as the mean over tasks; *pooled* compares inputs of all tasks. Beside `novelty`: 1 − the maximum of softmax, the energy of the logits, and the distance to the nearest example. ' +
    'For texts `novelty` also counts how rare the parts of words are, which finds garbled texts, but lowers the values here by up to 0.007. For photos of similar unknown classes, other scores were not tried yet. ' +
    '*Rejected*: shares of known and of unknown inputs without a label under `reject: true`. *Sets*: how often conformal sets contain the right label, and their mean size. ' +
    '`missed` beside a bar means that the mean over tasks is below the bar. If a package was trained on classes of the data set, it is measured on the other classes.',
  async run(context) {
    const rows: string[][] = [];
    for (const pkg of context.packages)
      for (const line of LINES.filter((each) => each.packages.includes(pkg.manifest.name))) {
        context.note(`novelty: ${pkg.manifest.name}, ${line.known}, ${line.unknown ?? 'other classes'}`);
        rows.push([pkg.manifest.name, ...(await measured(line, pkg, context))]);
      }
    const auc = ['Novelty', 'Pooled', '1 − max', 'Energy', 'Distance'];
    const sets = LEVELS.map((level) => `Sets at ${level}`);
    return markdownTable(['Package', 'Tasks from', 'Unknown', 'Bar', ...auc, 'Rejected', ...sets], rows);
  },
};

async function measured(line: Line, pkg: Package, context: TrustContext): Promise<string[]> {
  const source = await sourceOf(line, pkg, context.training);
  const shape = { ways: line.ways ?? 5, shots: 5, queries: QUERIES, tasks: context.tasks, seed: 11 };
  const simulated = await simulate(pkg, source, context.training.programs, shape);
  const tasks = simulated.map((task) => judged(task, pkg));
  const all = tasks.flatMap(({ queries }) => queries);
  const perTask = (score: Score) => fixed(meanOf(tasks.map(({ queries }) => separation(queries, score))));
  const [bar, novel] = [line.bar[pkg.manifest.name], perTask('novelty')];
  const rejected = (some: readonly JudgedQuery[]) =>
    percent(meanOf(some.map((each) => Number(isRejected(each)))));
  const sets = LEVELS.map((level) => {
    const asked = tasks.flatMap(({ queries, confidence }) =>
      queries.filter(isKnown).map(({ probabilities, given }) => {
        const { labels } = labelSet(probabilities, CLASSES, confidence.scores, level);
        return { size: labels?.length ?? 0, holds: labels?.includes(CLASSES[given as number] as string) };
      }),
    );
    return `${percent(meanOf(asked.map(({ holds }) => Number(holds))))}, ${meanOf(asked.map(({ size }) => size)).toFixed(2)}`;
  });
  return [
    nameOfData(line.known),
    line.unknown ? nameOfData(line.unknown) : 'other classes',
    bar === undefined ? '' : `${bar.toFixed(2)}${Number(novel) < bar ? ' (missed)' : ''}`,
    novel,
    fixed(separation(all, 'novelty')),
    perTask('uncertainty'),
    perTask('energy'),
    perTask('distance'),
    `${rejected(all.filter(isKnown))}, ${rejected(all.filter((each) => !isKnown(each)))}`,
    ...sets,
  ];
}

async function sourceOf(
  { known, unknown, unknownClasses = 10, ways = 5 }: Line,
  pkg: Package,
  training: OpenTrainingContext,
) {
  const source = await namedSource(pkg, known, training);
  const { classes } = source;
  if (!unknown) return withOtherClasses(source, Math.min(5, (classes ?? 0) - ways));
  return withUnknowns(source, classesOfAnother(await namedSource(pkg, unknown, training), unknownClasses));
}

type Score = 'novelty' | 'uncertainty' | 'energy' | 'distance';

/** AUROC of a score. */
function separation(queries: readonly JudgedQuery[], score: Score): number {
  const scores = (some: readonly JudgedQuery[]) => some.map((each) => each[score]);
  return auroc(scores(queries.filter((each) => !isKnown(each))), scores(queries.filter(isKnown)));
}

const isKnown = ({ given }: JudgedQuery): boolean => given !== null;

const isRejected = ({ probabilities, novelty: score }: JudgedQuery): boolean =>
  reasonToReject({ best: Math.max(...probabilities), novelty: score }, true, []) !== null;

const fixed = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
