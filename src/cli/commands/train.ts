import { dirname } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { publish } from '../../training/publish.ts';
import { type Recipe, readRecipe } from '../../training/recipe.ts';
import { movingMean } from '../../training/statistics.ts';
import { type Trained, trainPackage } from '../../training/train-package.ts';
import { integer, refuseUnknown } from '../arguments.ts';
import { measureAll } from '../measure-all.ts';
import { createProgress, decodingProgress } from '../progress.ts';
import { withDataset } from '../with-dataset.ts';
import type { Workshop, World } from '../world.ts';

const args = {
  recipe: {
    type: 'positional',
    description: 'The recipe.json; the package is written beside it',
    required: true,
  },
  resume: { type: 'boolean', description: 'Go on from the checkpoint beside the recipe' },
  dataset: {
    type: 'string',
    valueHint: 'path',
    description: 'Where the data is, if not where the recipe says',
  },
  threads: { type: 'string', description: 'Threads to use; one per core unless said' },
} as const satisfies ArgsDef;

/** `innerloop train <recipe.json>`: train, measure what the recipe asks for, write package, curve and card. */
export function trainCommand(world: World) {
  return defineCommand({
    meta: { name: 'train', description: 'Meta-train the package of a recipe' },
    args,
    async run({ args: given }) {
      refuseUnknown(given, args);
      const recipe = await readRecipe(given.recipe);
      const local = { ...recipe, dataset: withDataset(recipe.dataset, given.dataset) };
      const directory = dirname(given.recipe);
      const threads = given.threads === undefined ? world.threads : integer('threads', given.threads, 1);
      await using workshop = await world.openWorkshop({ threads, ...decodingProgress(world) });
      const trained = await train(local, directory, threads, given.resume === true, workshop, world);
      if (world.signal.aborted) {
        const { iteration } = trained.checkpoint;
        world.stderr.write(`Stopped after iteration ${iteration}; --resume goes on from there\n`);
      }
      world.signal.throwIfAborted();
      const { dataset, evaluations } = local;
      const metrics = await measureAll(
        { pkg: trained.pkg, directory, dataset, split: 'test', evaluations },
        workshop,
        world,
      );
      await publish(directory, recipe, trained, metrics);
      world.stdout.write(`${recipe.name} ${recipe.version} is in ${directory}\n`);
    },
  });
}

/** `trainPackage` with its news on the screen. */
async function train(
  recipe: Recipe,
  directory: string,
  threads: number,
  resume: boolean,
  workshop: Workshop,
  { stderr, clock, signal }: World,
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
      workshop,
    );
  } finally {
    progress.stop();
  }
}

const percent = (fraction: number) => `${(fraction * 100).toFixed(1)} %`;
