import { type Static, Type } from 'typebox';
import { Manifest } from '../../package/manifest.ts';
import type { InstalledModel } from '../../service/models.ts';
import { listOf } from './list.ts';

const NAMES = 'The name of a package, with or without its version: `sinusoid-maml` or `sinusoid-maml@1.0.0`.';

export const ModelName = Type.String({ minLength: 1, maxLength: 128, description: NAMES });

/** In a request: a package, or `auto`. */
export const ModelChoice = {
  ...ModelName,
  description: `${NAMES} \`auto\` (the default for new tasks) chooses the package by the kind of the first examples: pictures, texts, sounds, or rows of a table.`,
};

const { format: _format, programs: _programs, ...properties } = Manifest.properties;

/** The manifest of a package, without the members that are only needed to load it. */
export const Model = Type.Object({
  object: Type.Literal('model'),
  status: Type.Enum(['ready', 'encoder_missing'], {
    description:
      '`encoder_missing`: this server does not have the encoder whose features the package reads. Requests that use the package are refused with 409 until it has.',
  }),
  command: Type.Optional(
    Type.String({ description: 'With `encoder_missing`: the command that brings the encoder.' }),
  ),
  ...properties,
});
export const ModelList = listOf(Model);

export function modelBody({ format: _, programs: __, ...manifest }: InstalledModel): Static<typeof Model> {
  return { object: 'model', ...manifest };
}

export const ModelParams = Type.Object({
  name: { ...ModelName, examples: ['sinusoid-maml'] },
});
