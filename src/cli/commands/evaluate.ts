import { type ArgsDef, defineCommand } from 'citty';
import { InnerloopError } from '../../errors.ts';
import type { Metric, Package } from '../../package/manifest.ts';
import { formatMetric } from '../../training/card/card.ts';
import { classesOf } from '../../training/datasets/catalogue.ts';
import { SPLITS } from '../../training/datasets/split-classes.ts';
import { requireWithinBounds, requireWithinSplit } from '../../training/evaluation/measure.ts';
import { checkTrainingData, readTrainingData } from '../../training/evaluation/training-data.ts';
import { readRecipe } from '../../training/recipe/read-recipe.ts';
import type { Evaluation } from '../../training/recipe/recipe.ts';
import { recipePath } from '../../training/recipe/write-recipe.ts';
import { integer, integers, requireKnown, threadsOf, withDataset } from '../arguments.ts';
import type { CliContext, OpenTrainingContext } from '../context.ts';
import { measureAll } from '../measure-all.ts';
import { openTraining } from '../open-training.ts';
import { formatTable } from '../table.ts';

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
    description: `Classes per episode, one number or a list such as 5,20 ${FROM_FIRST_EVALUATION}`,
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
  json: { type: 'boolean', description: 'Print JSON instead of a table' },
} as const satisfies ArgsDef;

/** `innerloop evaluate <package>`: run the package's programs on fresh episodes. */
export function evaluateCommand(context: CliContext) {
  return defineCommand({
    meta: {
      name: 'evaluate',
      description:
        'Measure the accuracy or the error of a package on episodes of classes it was not trained on',
    },
    args,
    async run({ args: given }) {
      requireKnown(given, args);
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
      requireWithinSplit(classes, split, evaluations);
      for (const note of notes) context.stderr.write(`Note: ${note}\n`);
      const metrics = await measureAll(
        { pkg, directory, dataset: local.dataset, split, evaluations },
        training,
        context,
      );
      context.stdout.write(given.json ? `${JSON.stringify(metrics, null, 2)}\n` : report(pkg, metrics));
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
  const evaluations = combinations(pkg, given, PRESET).map((each) => ({ ...each, data }));
  requireWithinBounds(pkg, evaluations);
  const metrics = await measureAll(
    { pkg, directory: given.package, dataset: null, split: 'all', evaluations },
    training,
    context,
  );
  context.stdout.write(given.json ? `${JSON.stringify(metrics, null, 2)}\n` : report(pkg, metrics));
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
    '',
  ].join('\n');
}
