import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import type { Metric, Package } from '../../package/manifest.ts';
import { formatMetric } from '../../training/card/card.ts';
import { type Evaluation, readRecipe } from '../../training/recipe/recipe.ts';
import { integer, integers, refuseUnknown, withDataset } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { measureAll } from '../measure-all.ts';
import { decodingProgress, notes } from '../progress.ts';
import { formatTable } from '../table.ts';

/** What a package is measured by first is what it was made for: a folder of few classes has no 5-way episodes. */
const AS_FIRST = "as the recipe's first evaluation unless said";
const PRESET = { ways: 5, shots: 1, queries: 15, episodes: 1000, seed: 1 };

const args = {
  package: { type: 'positional', description: 'Directory of the package', required: true },
  dataset: {
    type: 'string',
    valueHint: 'path',
    description: 'Where the data is, if not where the recipe says',
  },
  split: { type: 'string', description: 'Split to draw episodes from', default: 'test' },
  ways: { type: 'string', description: `Classes per episode; several as 5,20 (classification); ${AS_FIRST}` },
  shots: { type: 'string', description: `Examples per class to learn from; several as 1,5; ${AS_FIRST}` },
  queries: { type: 'string', description: `Examples per class to be judged by; ${AS_FIRST}` },
  steps: {
    type: 'string',
    description: "Inner steps; several as 1,5; the package's own default unless said",
  },
  episodes: { type: 'string', description: `Episodes to average over; ${AS_FIRST}` },
  seed: { type: 'string', description: `Seed of the episodes; ${AS_FIRST}` },
  threads: { type: 'string', description: 'Threads to use; one per core unless said' },
  json: { type: 'boolean', description: 'Print JSON in place of a table' },
} as const satisfies ArgsDef;

/** `innerloop evaluate <package>`: the package's own programs on fresh episodes. */
export function evaluateCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'evaluate', description: 'Measure a package on episodes of unseen classes' },
    args,
    async run({ args: given }) {
      refuseUnknown(given, args);
      const recipe = await readRecipe(join(given.package, 'recipe.json'));
      const threads = given.threads === undefined ? context.threads : integer('threads', given.threads, 1);
      await using training = await context.openTrainingContext({
        threads,
        ...decodingProgress(context),
        ...notes(context),
      });
      const pkg = await training.readPackage(given.package);
      const metrics = await measureAll(
        {
          pkg,
          directory: given.package,
          dataset: withDataset(recipe.dataset, given.dataset),
          split: given.split,
          evaluations: combinations(pkg, given, { ...PRESET, ...recipe.evaluations[0] }),
        },
        training,
        context,
      );
      context.stdout.write(given.json ? `${JSON.stringify(metrics, null, 2)}\n` : report(pkg, metrics));
    },
  });
}

type Counts = {
  readonly [Name in keyof typeof PRESET | 'steps']?: string | undefined;
};

/** Every combination of the ways, shots and steps asked for, in that order. */
function combinations(
  { manifest: { task, inner } }: Package,
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
  const ways = task === 'classification' ? many('ways', 2) : [undefined];
  const steps = given.steps === undefined ? [inner.steps.default] : integers('steps', given.steps, 0);
  const rest = {
    queries: one('queries', 1),
    episodes: one('episodes', 1),
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
  const rows = metrics.map((metric) => [
    ...(metric.ways === undefined ? [] : [`${metric.ways}`]),
    ...[metric.shots, metric.queries, metric.steps, metric.episodes, metric.seed].map(String),
    formatMetric(metric),
  ]);
  const head = ['shots', 'queries', 'steps', 'episodes', 'seed', 'result ± 95 %'];
  return [
    `${name} ${version} on ${first?.dataset}, split ${first?.split}: ${first?.protocol}`,
    formatTable(first?.ways === undefined ? head : ['ways', ...head], rows),
    '',
  ].join('\n');
}
