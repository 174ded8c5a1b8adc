import { resolve } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { Metric, Package } from '../../package/manifest.ts';
import { formatMetric } from '../../training/card/card.ts';
import { classesOf } from '../../training/datasets/catalogue.ts';
import { SPLITS } from '../../training/datasets/split-classes.ts';
import { unseenClasses } from '../../training/datasets/unseen.ts';
import { requireWithinBounds, requireWithinClasses } from '../../training/evaluation/measure.ts';
import { checkTrainingData, readTrainingData } from '../../training/evaluation/training-data.ts';
import { readRecipe } from '../../training/recipe/read-recipe.ts';
import type { Evaluation } from '../../training/recipe/recipe.ts';
import { recipePath } from '../../training/recipe/write-recipe.ts';
import { integer, integers, threadsOf, withDataset } from '../arguments.ts';
import type { CliContext, OpenTrainingContext } from '../context.ts';
import { answer } from '../display/output.ts';
import { formatTable } from '../display/table.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../parser/command.ts';
import { measureAll } from '../training/measure-all.ts';
import { openTraining } from '../training/open-training.ts';

/** Defaults come from the recipe's first evaluation, because a folder with few classes may have no 5-way episodes. */
const FROM_FIRST_EVALUATION = "(default: as in the recipe's first evaluation)";
const PRESET = { ways: 5, shots: 1, queries: 15, episodes: 1000, seed: 1 };

const args = {
  package: { type: 'positional', description: 'Folder of the package', required: true },
  data: {
    type: 'string',
    valueHint: 'path',
    description:
      'Any data set that the package was not trained on: a folder or .zip with a folder per class, or texts as .csv, .tsv or .jsonl. All its classes are used',
  },
  dataset: {
    type: 'string',
    valueHint: 'path',
    description: 'Folder of the data (default: the path in the recipe)',
  },
  split: {
    type: 'enum',
    options: [...SPLITS],
    description: 'Split of the data to draw episodes from',
    default: 'test',
  },
  ways: {
    type: 'string',
    description:
      "Classes per episode, one number or a list such as 5,20 (default: as in the recipe's first evaluation; with --data: 5, or all classes if they are fewer)",
  },
  shots: {
    type: 'string',
    description: `Examples per class in the support set, one number or a list such as 1,5 ${FROM_FIRST_EVALUATION}`,
  },
  queries: { type: 'string', description: `Examples per class to predict ${FROM_FIRST_EVALUATION}` },
  steps: {
    type: 'string',
    description: "Inner steps, one number or a list such as 1,5 (default: the package's default)",
  },
  episodes: { type: 'string', description: `Episodes to average over, at least 2 ${FROM_FIRST_EVALUATION}` },
  seed: { type: 'string', description: `Seed of the episodes ${FROM_FIRST_EVALUATION}` },
  threads: { type: 'string', description: 'Number of threads (default: one per core)' },
  ...jsonArgument,
} as const satisfies ArgsDef;

/** `innerloop evaluate <package>`: run the package's programs on fresh episodes. */
export function evaluateCommand(context: CliContext): Command {
  return defineCommand({
    examples: ['innerloop evaluate models/sinusoid-maml --shots 5,10 --steps 0,1,5'],
    args,
    async run({ args: given }) {
      const threads = threadsOf(given.threads, context.threads);
      const directory = given.package;
      await using training = await openTraining(context, threads);
      const pkg = await training.readPackage(directory);
      if (given.data !== undefined) return await evaluateOn(given.data, pkg, given, training, context);
      const file = recipePath(directory);
      const recipe = await readRecipe(file);
      const local = { ...recipe, dataset: withDataset(recipe.dataset, given.dataset) };
      const recorded = await readTrainingData(directory);
      const evaluations = combinations(pkg, given, { ...PRESET, ...recipe.evaluations[0] });
      requireWithinBounds(pkg, evaluations);
      const classes = await classesOf(local.dataset);
      const { split } = given;
      const notes = checkTrainingData(recorded, pkg.manifest, { file, recipe: local, classes, split });
      requireWithinClasses(classes?.[split] ?? null, `split ${split}`, evaluations);
      for (const note of notes) context.stderr.write(`Note: ${note}\n`);
      noteFewClasses(classes?.[split].length ?? null, evaluations, context);
      const metrics = await measureAll(
        { pkg, directory, dataset: local.dataset, split, evaluations },
        training,
        context,
      );
      answer(context, given.json, metrics, () => report(pkg, metrics));
    },
  });
}

type Given = Counts & {
  readonly package: string;
  readonly json?: boolean | undefined;
  readonly dataset?: string | undefined;
};

/** Measures on all classes of any data set. It needs neither a recipe nor a split. */
async function evaluateOn(
  data: string,
  pkg: Package,
  given: Given,
  training: OpenTrainingContext,
  context: CliContext,
): Promise<void> {
  if (given.dataset !== undefined)
    throw new InnerloopError('invalid_request', 'Expected --data or --dataset, got both');
  const { task } = pkg.manifest;
  const classes = task === 'classification' ? await unseenClasses(data, pkg.manifest, training) : null;
  const count = classes?.length ?? null;
  const preset = { ...PRESET, ways: defaultWays(data, count, given, context) };
  const evaluations = combinations(pkg, given, preset).map((each) => ({ ...each, data }));
  requireWithinBounds(pkg, evaluations);
  requireWithinClasses(classes, data, evaluations);
  noteFewClasses(count, evaluations, context);
  const isSeen = await isTrainedOn(given.package, data);
  if (isSeen)
    context.stderr.write(
      `Note: ${data} is the data of the recipe: classes of the training are among these. --split test measures the others\n`,
    );
  const measured = await measureAll(
    { pkg, directory: given.package, dataset: null, split: 'all', evaluations },
    training,
    context,
  );
  const metrics = isSeen ? measured.map((metric) => ({ ...metric, protocol: SEEN })) : measured;
  answer(context, given.json, metrics, () => report(pkg, metrics));
}

const SEEN = 'classes of the training among others; non-transductive';

/** Whether the recipe of a package, if there is one, reads this data. */
async function isTrainedOn(directory: string, data: string): Promise<boolean> {
  const recipe = await readRecipe(recipePath(directory)).catch(() => null);
  if (recipe === null || recipe.dataset.name === 'sinusoid') return false;
  const paths = 'paths' in recipe.dataset ? recipe.dataset.paths : [recipe.dataset.path];
  return paths.some((path) => resolve(path) === resolve(data));
}

/** As many classes as the data has, at most five. Says so if they are fewer. */
function defaultWays(
  data: string,
  classes: number | null,
  { ways }: Counts,
  { stderr }: Pick<CliContext, 'stderr'>,
): number {
  if (ways !== undefined || classes === null || classes >= PRESET.ways) return PRESET.ways;
  stderr.write(
    `Note: ${data} has ${classes} classes, so episodes are ${classes}-way instead of ${PRESET.ways}-way\n`,
  );
  return classes;
}

/** The interval of a metric is over episodes. If these share most of their classes, it is too short for other classes. */
function noteFewClasses(
  classes: number | null,
  evaluations: readonly Evaluation[],
  { stderr }: Pick<CliContext, 'stderr'>,
): void {
  const ways = Math.max(...evaluations.map((each) => each.ways ?? 0));
  if (classes === null || 2 * ways <= classes) return;
  stderr.write(
    `Note: ${ways}-way episodes of ${classes} classes have mostly the same classes: the interval is valid for these classes only\n`,
  );
}

type Counts = {
  readonly [Name in keyof typeof PRESET | 'steps']?: string | undefined;
};

/** Every combination of the given ways, shots and steps, in that order. */
function combinations(
  { manifest: { name, task, inner } }: Package,
  given: Counts,
  preset: typeof PRESET,
): readonly Evaluation[] {
  const many = (option: 'ways' | 'shots', least: number) => {
    const text = given[option];
    return text === undefined ? [preset[option]] : integers(option, text, least);
  };
  const one = (option: 'queries' | 'episodes' | 'seed', least: number) => {
    const text = given[option];
    return text === undefined ? preset[option] : integer(option, text, least);
  };
  if (task === 'regression' && given.ways !== undefined)
    throw new InnerloopError('invalid_request', `Expected no --ways, since ${name} is for regression`);
  const ways = task === 'classification' ? many('ways', 2) : [undefined];
  const steps = given.steps === undefined ? [inner.steps.default] : integers('steps', given.steps, 0);
  const rest = {
    queries: one('queries', 1),
    episodes: one('episodes', 2),
    seed: one('seed', 0),
  };
  return ways.flatMap((way) =>
    many('shots', 1).flatMap((shots) =>
      steps.map((step) => ({ ...(way === undefined ? {} : { ways: way }), shots, steps: step, ...rest })),
    ),
  );
}

function report({ manifest: { name, version } }: Package, metrics: readonly Metric[]): string {
  const [first] = metrics;
  const isCalibrated = first?.calibrationError !== undefined;
  const rows = metrics.map((metric) => [
    ...(metric.ways === undefined ? [] : [`${metric.ways}`]),
    ...[metric.shots, metric.queries, metric.steps, metric.episodes, metric.seed].map(String),
    formatMetric(metric),
    ...(isCalibrated ? [`${(100 * (metric.calibrationError ?? 0)).toFixed(1)} %`] : []),
  ]);
  const head = [
    'shots',
    'queries',
    'steps',
    'episodes',
    'seed',
    'result ± 95 %',
    ...(isCalibrated ? ['calibration error'] : []),
  ];
  return [
    `${name} ${version} on ${first?.dataset}, split ${first?.split}: ${first?.protocol}`,
    formatTable(first?.ways === undefined ? head : ['ways', ...head], rows),
  ].join('\n');
}
