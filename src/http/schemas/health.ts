import { Type } from 'typebox';
import { mapOf } from './shape.ts';

export const Live = Type.Object({ live: Type.Literal(true) });

export const Ready = Type.Object({
  ready: Type.Boolean(),
  checks: mapOf(Type.Boolean(), { description: 'Each part that requests need, and whether it works.' }),
  executionProvider: Type.String({ description: 'What this process computes on, such as `cpu`.' }),
});
