import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ContentClassSize } from '../../training/datasets/contents/content-classes.ts';
import { BATCH_ALGORITHMS } from '../../training/recipe/check-recipe.ts';
import type { ContentsOptions } from '../../training/recipe/contents-recipe.ts';
import {
  END_ALGORITHMS,
  type EndObjective,
  encoderEndRecipe,
} from '../../training/recipe/encoder-end-recipe.ts';
import type { Recipe } from '../../training/recipe/recipe.ts';
import { relativeToCwd } from '../../training/recipe/reproduce.ts';
import { OBJECTIVES } from '../../training/recipe/training.ts';
import { blocksNamed, divideEncoder } from '../../training/trainable/encoder-end.ts';
import type { OpenTrainingContext } from '../context.ts';
import type { ArgsDef } from '../parser/command.ts';

/** Options for training weights of an encoder. */
export const endArguments = {
  trainable: {
    type: 'string',
    valueHint: 'last:n|weight',
    description:
      'With --encoder: train its last n blocks, or its end from the block that has this weight (such as layer4)',
  },
  unfreeze: {
    type: 'string',
    valueHint: 'all|last:n|weight',
    description:
      'Like --trainable; also writes the encoder with the trained weights, under the name of the package. all: train every weight',
  },
  objective: {
    type: 'enum',
    options: [...OBJECTIVES],
    description:
      'With --trainable or --unfreeze: learn from few-shot episodes, from all classes at once (supervised), or from the features of --teacher (distillation) (default: episodic)',
  },
  teacher: {
    type: 'string',
    valueHint: 'encoder',
    description: 'With --objective distillation: the encoder whose features are learned',
  },
  unlabelled: {
    type: 'string',
    valueHint: 'path',
    description:
      'With --objective distillation: further data sets, separated by commas. Their labels are not read, and files may be in any folder',
  },
} as const satisfies ArgsDef;
export type EndArguments = {
  readonly [Name in keyof typeof endArguments | 'algorithm']?: string | undefined;
};

/** Makes the recipe for an encoder and the classes of the data sets. */
export type MakeRecipe = (
  encoder: Encoder,
  options: Omit<ContentsOptions, 'algorithm'>,
  classes: readonly ContentClassSize[],
  training: OpenTrainingContext,
  say: (line: string) => void,
) => Recipe | Promise<Recipe>;

/** The last blocks of the encoder. @throws InnerloopError `invalid_request` for options that do not fit together */
export function atEnd(trainable: string, given: EndArguments): MakeRecipe {
  const objective = oneOf(OBJECTIVES, given.objective ?? 'episodic', '--objective');
  requireFitting(objective, given);
  const isEpisodic = objective === 'episodic';
  const algorithm = oneOf(
    isEpisodic ? END_ALGORITHMS : BATCH_ALGORITHMS,
    given.algorithm ?? (isEpisodic ? 'protonets' : 'cosine'),
    isEpisodic ? '--algorithm with --trainable' : `--algorithm with --objective ${objective}`,
  );
  const writes = given.unfreeze !== undefined;
  return async (encoder, options, classes, context, say) => {
    const { name } = encoder.manifest;
    if (writes && options.name === name)
      throw invalid(`Expected --name to differ from the encoder's, which would be replaced: ${options.name}`);
    const training = await objectiveOf(objective, encoder, given, context);
    const { beginning, blocks, of, weights } = await divideEncoder(encoder, (all) =>
      blocksNamed(trainable, all),
    );
    const { manifest, folder } = beginning;
    const count = `the last ${blocks} of ${of} blocks of ${name}, ${weights} weights`;
    say(
      `Training ${count}; the others are encoder ${manifest.name} in ${folder}, ${manifest.features} numbers`,
    );
    const parts = {
      encoder: encoder.manifest,
      beginning: manifest,
      blocks,
      ...(writes && { writes: options.name }),
    };
    return encoderEndRecipe({ ...options, algorithm, training }, parts, classes);
  };
}

function requireFitting(objective: string, given: EndArguments): void {
  const distils = objective === 'distillation';
  if (distils && given.teacher === undefined)
    throw invalid('Expected --teacher with --objective distillation: the encoder whose features are learned');
  const without = (['teacher', 'unlabelled'] as const).find((each) => !distils && given[each] !== undefined);
  if (without !== undefined)
    throw invalid(`Expected --objective distillation with --${without}, got ${objective}`);
}

/** @throws InnerloopError `invalid_request` for a teacher that reads other contents, or is the student */
async function objectiveOf(
  objective: (typeof OBJECTIVES)[number],
  { manifest: { name, preparation } }: Encoder,
  { teacher: teacherName = '', unlabelled }: EndArguments,
  { readEncoder }: OpenTrainingContext,
): Promise<EndObjective> {
  if (objective !== 'distillation') return { objective };
  const { manifest: teacher } = await readEncoder(teacherName);
  if (teacherName === name)
    throw invalid(`Expected --teacher to differ from --encoder, got ${name} for both`);
  const { kind } = teacher.preparation;
  if (kind !== preparation.kind)
    throw invalid(
      `Expected --teacher to be an encoder of ${preparation.kind}, as ${name} is; got ${teacherName}, an encoder of ${kind}`,
    );
  const paths = unlabelled?.split(',') ?? [];
  return { objective, teacher, unlabelled: paths.map((path) => relativeToCwd(path) ?? path) };
}

/** One of the names. @throws InnerloopError `invalid_request` that names the option */
export function oneOf<Name extends string>(names: readonly Name[], given: string, option: string): Name {
  const found = names.find((each) => each === given);
  if (found) return found;
  throw invalid(`Expected ${option} to be ${names.join(', ')}, got ${given}`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
