import { type Static, Type } from 'typebox';
import { Manifest } from '../../package/manifest.ts';
import type { InstalledModel } from '../../service/models.ts';
import { listOf } from './shared/list.ts';
import { objectName } from './shared/shape.ts';

const NAMES = 'The name of a package, with or without its version: `sinusoid-maml` or `sinusoid-maml@1.0.0`.';

export const ModelName = Type.String({ minLength: 1, maxLength: 128, description: NAMES });

/** In a request: a package, or `auto`. */
export const ModelChoice = {
  ...ModelName,
  description: `${NAMES} \`auto\` (the default for new tasks) chooses the package by the kind of the first examples: pictures, texts, sounds, or rows of a table.`,
};

const { format: _format, programs: _programs, ...properties } = Manifest.properties;

/** The manifest of a package, without the members that are only needed to load it. */
export const Model = Type.Object(
  {
    object: objectName('model'),
    status: Type.Enum(['ready', 'encoder_missing'], {
      description:
        '`encoder_missing`: this server does not have the encoder of the package. Until it has it, requests that use the package are refused with 409.',
    }),
    command: Type.Optional(
      Type.String({ description: 'With `encoder_missing`: the command that brings the encoder.' }),
    ),
    ...properties,
  },
  {
    title: 'Model',
    description: 'A package: a model that can adapt to new examples, with its measured accuracy or error.',
  },
);
export const ModelList = listOf(Model);

export function modelBody({ format: _, programs: __, ...manifest }: InstalledModel): Static<typeof Model> {
  return { object: 'model', ...manifest };
}

export const ModelParams = Type.Object({
  name: { ...ModelName, examples: ['sinusoid-maml'] },
});
