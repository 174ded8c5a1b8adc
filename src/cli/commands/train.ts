import { existsSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { Metric } from '../../package/manifest.ts';
import { formatMetric } from '../../training/card/card.ts';
import { datasets } from '../../training/datasets/catalogue.ts';
import { movingMean } from '../../training/evaluation/statistics.ts';
import { checkpointPath } from '../../training/loop/checkpoint.ts';
import { publish } from '../../training/loop/publish.ts';
import { type Trained, trainPackage } from '../../training/loop/train-package.ts';
import { readRecipe } from '../../training/recipe/read-recipe.ts';
import type { Recipe } from '../../training/recipe/recipe.ts';
import { recipePath } from '../../training/recipe/write-recipe.ts';
import { writeTrainedEncoder } from '../../training/trainable/trained-encoder.ts';
import { threadsOf, withDataset } from '../arguments.ts';
import type { CliContext, OpenTrainingContext } from '../context.ts';
import { answer } from '../display/output.ts';
import { createProgress } from '../display/progress.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../parser/command.ts';
import { type EndArguments, endArguments } from '../training/at-end.ts';
import { contentsSource } from '../training/from-contents.ts';
import {
  type ImagesArguments,
  imagesArguments,
  planImages,
  writeImagesRecipe,
} from '../training/from-images.ts';
import { measureAll } from '../training/measure-all.ts';
import { openTraining } from '../training/open-training.ts';

const args = {
  recipe: {
    type: 'positional',
    description: 'recipe.json, or its folder. The package is written into the same folder',
    required: false,
  },
  data: {
    type: 'string',
    valueHint: 'folder',
    description:
      'Instead of RECIPE: folder of your own images, with one subfolder per class. A recipe is written for it',
  },
  encoder: {
    type: 'string',
    description:
      'With --data: train a feature adapter and a head over the features of this encoder, such as use-lite. DATA may be a folder or .zip with a folder per class, or texts as .csv, .tsv or .jsonl; several are separated by commas',
  },
  ...endArguments,
  ...imagesArguments,
  resume: { type: 'boolean', description: 'Continue from the checkpoint beside the recipe' },
  dataset: {
    type: 'string',
    valueHint: 'path',
    description: 'With RECIPE: folder of the data (default: the path in the recipe)',
  },
  threads: { type: 'string', description: 'Number of threads (default: one per core)' },
  ...jsonArgument,
} as const satisfies ArgsDef;

/**
 * `innerloop train <recipe.json>`: train, run the recipe's evaluations, write package, curve and card.
 * `innerloop train --data <folder>`: write a recipe for the images there, then do the same.
 */
export function trainCommand(context: CliContext): Command {
  return defineCommand({
    examples: [
      'innerloop train --data path/to/images',
      'innerloop train models/sinusoid-maml/recipe.json --resume',
    ],
    args,
    async run({ args: given }) {
      const threads = threadsOf(given.threads, context.threads);
      const source = await recipeSource(given);
      await using training = await openTraining(context, threads);
      const say = (line: string) => context.stderr.write(`${line}\n`);
      const recipe = await source.recipe(training, context.signal, say);
      const local = { ...recipe, dataset: withDataset(recipe.dataset, given.dataset) };
      const { directory } = source;
      const resume = given.resume === true;
      if (!resume && existsSync(checkpointPath(directory, recipe.name)))
        say('Starting from the first iteration. To continue from the checkpoint, use --resume');
      const trained = await train(local, { directory, threads, resume }, training, context);
      const { dataset, evaluations } = local;
      const metrics = await measureAll(
        { pkg: trained.pkg, directory, dataset, split: 'test', evaluations },
        training,
        context,
      );
      await publish(directory, recipe, trained, metrics);
      const encoder = await trainedEncoder(recipe, trained, training);
      const { name, version } = recipe;
      const made = { name, version, folder: directory, metrics, ...(encoder && { encoder }) };
      answer(context, given.json, made, () =>
        [
          ...(encoder ? [`Encoder ${encoder.name} is in ${encoder.folder}`] : []),
          ...metrics.map(
            (metric) =>
              `${episodesOf(metric)}: ${formatMetric(metric)}, on ${metric.dataset}, split ${metric.split}`,
          ),
          `${name} ${version} is in ${directory}`,
        ].join('\n'),
      );
    },
  });
}

const episodesOf = ({ ways, shots }: Metric) => `${ways === undefined ? '' : `${ways}-way `}${shots}-shot`;

/** Writes the encoder whose last blocks were trained, if the recipe says so. */
async function trainedEncoder({ network }: Recipe, { checkpoint }: Trained, training: OpenTrainingContext) {
  if (network.name !== 'encoder-end' || network.writes === undefined) return undefined;
  const weights = checkpoint.best?.weights ?? checkpoint.weights;
  const { folder } = await writeTrainedEncoder(network.writes, network, weights, training.readEncoder);
  return { name: network.writes, folder };
}

/** The source of the recipe, and the folder of its package. */
interface RecipeSource {
  readonly directory: string;
  recipe(training: OpenTrainingContext, signal: AbortSignal, say: (line: string) => void): Promise<Recipe>;
}

type Given = ImagesArguments &
  EndArguments & { readonly [Name in 'recipe' | 'data' | 'dataset' | 'encoder']?: string | undefined };

async function recipeSource(given: Given): Promise<RecipeSource> {
  const { recipe: path, data } = given;
  if (data !== undefined) {
    if (path !== undefined) throw invalid(`Expected RECIPE or --data, got both: ${path} and --data ${data}`);
    if (given.dataset !== undefined)
      throw invalid('Expected no --dataset, since --data says where the images are');
    requireBlocks(given);
    if (given.encoder !== undefined) return contentsSource(given.encoder, data, given);
    const plan = await planImages(data, given);
    return {
      directory: plan.directory,
      recipe: (training, signal, say) => writeImagesRecipe(plan, training, signal, say),
    };
  }
  if (path === undefined) throw invalid('Expected RECIPE, or --data with a folder of images; see --help');
  const own = ['encoder', ...Object.keys({ ...endArguments, ...imagesArguments })].find((name) =>
    Object.hasOwn(given, name),
  );
  if (own !== undefined) throw invalid(`Expected no --${own} with RECIPE: it needs --data`);
  const file = recipeFile(path);
  const recipe = await readRecipe(file);
  return { directory: dirname(file), recipe: async () => recipe };
}

/** Options for weights of an encoder need the encoder, and the blocks that are trained. */
function requireBlocks(given: Given): void {
  const names = Object.keys(endArguments) as (keyof typeof endArguments)[];
  const option = names.find((name) => given[name] !== undefined);
  if (option === undefined) return;
  if (given.encoder === undefined)
    throw invalid(`Expected --encoder with --${option}: it is about the weights of an encoder`);
  if (given.trainable === undefined && given.unfreeze === undefined)
    throw invalid(`Expected --unfreeze or --trainable with --${option}: the blocks that are trained`);
}

/**
 * The recipe file of a path. For a folder it is the folder's `recipe.json`. Another file name is refused: its package
 * would replace the package of `recipe.json`.
 */
function recipeFile(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return recipePath(path);
  if (basename(path) === 'recipe.json') return path;
  throw invalid(
    `Expected a file named recipe.json, got ${path}: a package and its recipe share a folder. Make a folder for this one`,
  );
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

/** `trainPackage`, with its progress on stderr. */
async function train(
  recipe: Recipe,
  options: { readonly directory: string; readonly threads: number; readonly resume: boolean },
  training: OpenTrainingContext,
  { stderr, clock, signal }: CliContext,
): Promise<Trained> {
  const display = createProgress({ name: recipe.name, stream: stderr, clock });
  const [loss, accuracy] = [movingMean(0.98), movingMean(0.98)];
  const isClassified = datasets[recipe.dataset.name].task === 'classification';
  let validated: readonly string[] = [];
  let stoppedAfter: number | null = null;
  try {
    return await trainPackage(
      recipe,
      {
        ...options,
        signal,
        clock,
        onIteration(report) {
          const notes = [`loss ${loss.add(report.loss).toFixed(3)}`];
          if (report.accuracy !== null) notes.push(`accuracy ${percent(accuracy.add(report.accuracy))}`);
          display.update({
            done: report.iteration,
            total: recipe.training.iterations,
            notes: [...notes, ...validated],
          });
        },
        onValidation({ validations }) {
          const value = validations.at(-1)?.value;
          if (value === undefined) return;
          validated = [`validation ${isClassified ? percent(value) : value.toFixed(3)}`];
        },
        onStopped(iteration) {
          stoppedAfter = iteration;
        },
      },
      training,
    );
  } finally {
    display.stop();
    if (stoppedAfter !== null)
      stderr.write(`Stopped after iteration ${stoppedAfter}; to continue, use --resume\n`);
  }
}

const percent = (fraction: number) => `${(fraction * 100).toFixed(1)} %`;
