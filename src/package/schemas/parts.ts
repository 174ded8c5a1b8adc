import { Type } from 'typebox';

/** Parts of the schemas of `model.json` and `encoder.json`. */
export const closed = { additionalProperties: false } as const;

/** For the errors of `schemaProblems`: the texts that a pattern accepts, in words. */
export const expecting = (words: string) => ({ 'x-expected': words });

export const count = (description: string) => Type.Integer({ minimum: 1, description });

export function oneOf<const Values extends readonly (string | number)[]>(
  values: Values,
  description: string,
) {
  return Type.Unsafe<Values[number]>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { description },
    ),
  );
}

export const sha256 = (description: string) =>
  Type.String({
    pattern: '^sha256:[0-9a-f]{64}$',
    ...expecting('sha256: and 64 hexadecimal digits'),
    description,
  });

export const packageName = (description: string) =>
  Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
    ...expecting('a name of a-z, 0-9 and hyphens, at most 63 characters'),
    description,
  });

export const version = (description: string) =>
  Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$', ...expecting('a version such as 1.0.0'), description });
