import { InnerloopError } from '../../../errors.ts';
import type { LabelledExamples } from '../dataset.ts';
import { contentsOfSplit } from './content-classes.ts';
import { type ContentsContext, encoderReader } from './contents.ts';
import type { ContentsRecipe } from './contents-section.ts';
import { embedContents } from './embed-contents.ts';
import { readUnlabelled } from './read-contents.ts';

/** Examples with the features that another encoder, the teacher, has of them. */
export interface TaughtExamples {
  readonly count: number;
  /** How many features the teacher has. */
  readonly features: number;
  /** Copies the input of an example into `into`. */
  writeInput(index: number, into: Float32Array): void;
  writeFeatures(index: number, into: Float32Array): void;
}

export interface TeacherOptions {
  readonly teacher: { readonly name: string; readonly digest: string };
  /** Data sets whose labels are not read. */
  readonly unlabelled?: readonly string[] | undefined;
}

/**
 * The training examples of a data set, `labelled`, and further ones. The teacher reads each of them once; its features are
 * kept in the cache folder.
 * @throws InnerloopError `invalid_recipe` for another teacher than the stated one, or one that reads other contents
 */
export async function taughtExamples(
  recipe: ContentsRecipe,
  labelled: LabelledExamples,
  { teacher: stated, unlabelled = [] }: TeacherOptions,
  context: ContentsContext,
): Promise<TaughtExamples> {
  const teacher = await encoderReader(stated, context, '/training/teacher/digest');
  const { kind } = recipe.encoder;
  if (teacher.kind !== kind) throw otherKind(stated.name, kind, teacher.kind);
  const more = (await Promise.all(unlabelled.map((path) => readUnlabelled(path, kind)))).flat();
  const own = await contentsOfSplit(recipe, 'train');
  const places = labelled.counts.flatMap((count, index) =>
    Array.from({ length: count }, (_, example) => ({ index, example })),
  );
  const features = await embedContents([...own, ...more], teacher, context);
  const inputs = await embedContents(more, await encoderReader(recipe.encoder, context), context);
  return {
    count: own.length + more.length,
    features: teacher.width,
    writeInput(index, into) {
      const place = places[index];
      if (place) labelled.write(place.index, place.example, into);
      else inputs.write(index - places.length, into);
    },
    writeFeatures: (index, into) => features.write(index, into),
  };
}

const otherKind = (name: string, expected: string, got: string) =>
  new InnerloopError(
    'invalid_recipe',
    `Expected teacher ${name} to read ${expected} as the student does, got an encoder of ${got}`,
    { pointer: '/training/teacher/name', expected, got },
  );
