import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { InnerloopError } from '../../errors.ts';
import { movingMean } from '../../training/evaluation/statistics.ts';
import { checkpointPath } from '../../training/loop/checkpoint.ts';
import { publish } from '../../training/loop/publish.ts';
import { type Trained, trainPackage } from '../../training/loop/train-package.ts';
import { type Recipe, readRecipe } from '../../training/recipe/recipe.ts';
import { integer, refuseUnknown, withDataset } from '../arguments.ts';
import type { CliContext, OpenTrainingContext } from '../context.ts';
import { type ImagesArguments, imagesArguments, planImages, writeImagesRecipe } from '../from-images.ts';
import { measureAll } from '../measure-all.ts';
import { createProgress, decodingProgress, notes } from '../progress.ts';

const args = {
  recipe: {
    type: 'positional',
    description: 'The recipe.json; the package is written beside it',
    required: false,
  },
  data: {
    type: 'string',
    valueHint: 'folder',
    description: 'In place of a recipe: images of your own, a folder for each class; a recipe is written',
  },
  ...imagesArguments,
  resume: { type: 'boolean', description: 'Go on from the checkpoint beside the recipe' },
  dataset: {
    type: 'string',
    valueHint: 'path',
    description: 'Where the data is, if not where the recipe says',
  },
  threads: { type: 'string', description: 'Threads to use; one per core unless said' },
} as const satisfies ArgsDef;

/**
 * `innerloop train <recipe.json>`: train, measure what the recipe asks for, write package, curve and card.
 * `innerloop train --data <folder>`: write a recipe for the images there, then the same.
 */
export function trainCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'train', description: 'Meta-train the package of a recipe' },
    args,
    async run({ args: given }) {
      refuseUnknown(given, args);
      const threads = given.threads === undefined ? context.threads : integer('threads', given.threads, 1);
      const source = await recipeSource(given);
      await using training = await context.openTrainingContext({
        threads,
        ...decodingProgress(context),
        ...notes(context),
      });
      const recipe = await source.recipe(training, (line) => context.stderr.write(`${line}\n`));
      const local = { ...recipe, dataset: withDataset(recipe.dataset, given.dataset) };
      const { directory } = source;
      if (given.resume !== true && existsSync(checkpointPath(directory, recipe.name)))
        context.stderr.write('Starting over: --resume would go on from the checkpoint that is there\n');
      const trained = await train(local, directory, threads, given.resume === true, training, context);
      if (context.signal.aborted) {
        const { iteration } = trained.checkpoint;
        context.stderr.write(`Stopped after iteration ${iteration}; --resume goes on from there\n`);
      }
      context.signal.throwIfAborted();
      const { dataset, evaluations } = local;
      const metrics = await measureAll(
        { pkg: trained.pkg, directory, dataset, split: 'test', evaluations },
        training,
        context,
      );
      await publish(directory, recipe, trained, metrics);
      context.stdout.write(`${recipe.name} ${recipe.version} is in ${directory}\n`);
    },
  });
}

/** Where a recipe comes from and its package goes to. */
interface RecipeSource {
  readonly directory: string;
  recipe(training: OpenTrainingContext, say: (line: string) => void): Promise<Recipe>;
}

type Given = ImagesArguments & { readonly [Name in 'recipe' | 'data' | 'dataset']?: string | undefined };

async function recipeSource(given: Given): Promise<RecipeSource> {
  const { recipe: path, data } = given;
  if (data !== undefined) {
    if (path !== undefined) throw invalid(`Expected RECIPE or --data, got ${path} and --data ${data}`);
    if (given.dataset !== undefined)
      throw invalid('Expected no --dataset, since --data says where the images are');
    const plan = await planImages(data, given);
    return {
      directory: plan.directory,
      recipe: (training, say) => writeImagesRecipe(plan, training, say),
    };
  }
  if (path === undefined) throw invalid('Expected RECIPE, or --data with a folder of images; see --help');
  const own = Object.keys(imagesArguments).find((name) => Object.hasOwn(given, name));
  if (own !== undefined) throw invalid(`Expected no --${own}, since the recipe says it; it goes with --data`);
  const recipe = await readRecipe(path);
  return { directory: dirname(path), recipe: async () => recipe };
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

/** `trainPackage` with its news on the screen. */
async function train(
  recipe: Recipe,
  directory: string,
  threads: number,
  resume: boolean,
  training: OpenTrainingContext,
  { stderr, clock, signal }: CliContext,
): Promise<Trained> {
  const progress = createProgress({ name: recipe.name, stream: stderr, clock });
  const [loss, accuracy] = [movingMean(0.98), movingMean(0.98)];
  let validated: readonly string[] = [];
  try {
    return await trainPackage(
      recipe,
      {
        directory,
        threads,
        resume,
        signal,
        onIteration(news) {
          const notes = [`loss ${loss.add(news.loss).toFixed(3)}`];
          if (news.accuracy !== null) notes.push(`accuracy ${percent(accuracy.add(news.accuracy))}`);
          const standing = { done: news.iteration, total: recipe.training.iterations };
          progress.update({ ...standing, notes: [...notes, ...validated] });
        },
        onValidation({ validations }) {
          const value = validations.at(-1)?.value;
          if (value === undefined) return;
          validated = [`validation ${accuracy.value() === null ? value.toFixed(3) : percent(value)}`];
        },
      },
      training,
    );
  } finally {
    progress.stop();
  }
}

const percent = (fraction: number) => `${(fraction * 100).toFixed(1)} %`;
