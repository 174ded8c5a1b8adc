import { type Static, Type } from 'typebox';
import { Manifest } from '../../package/manifest.ts';
import { listOf } from './list.ts';
import { ModelName } from './tasks.ts';

const { format: _format, programs: _programs, ...properties } = Manifest.properties;

/** The manifest of a package, without the members that are only needed to load it. */
export const Model = Type.Object({ object: Type.Literal('model'), ...properties });
export const ModelList = listOf(Model);

export function modelBody({ format: _, programs: __, ...manifest }: Manifest): Static<typeof Model> {
  return { object: 'model', ...manifest };
}

export const ModelParams = Type.Object({
  name: { ...ModelName, examples: ['sinusoid-maml'] },
});
