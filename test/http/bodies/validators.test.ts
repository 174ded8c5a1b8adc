import { Ajv } from 'ajv';
import fc from 'fast-check';
import type { FastifySchemaValidationError } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { createValidatorCompiler } from '../../../src/http/bodies/validators.ts';
import { validationError } from '../../../src/http/errors/validation-error.ts';
import { Input } from '../../../src/http/schemas/shared/inputs.ts';

const ajv = new Ajv({ verbose: true, keywords: ['x-expected', 'x-accepts'] });

/** Null if the value is valid. */
function refusal(errors: readonly unknown[] | null | undefined): string | null {
  return errors ? validationError(errors as FastifySchemaValidationError[], 'body').message : null;
}

const compiled = (schema: TSchema) => {
  const validate = createValidatorCompiler()({ schema, method: 'POST', url: '/', httpPart: 'body' });
  return (value: unknown) => {
    const answer = validate(value);
    return refusal(answer === true ? null : (answer as { error: unknown[] }).error);
  };
};

describe('an input of a body', () => {
  const body = Type.Object({ inputs: Type.Array(Input), one: Type.Optional(Input) });
  const [check, checkUnion] = [compiled(body), ajv.compile(body)];

  it('is checked as each part of its union would be, with the same errors', () => {
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(null, true, { text: 1 }, { file: null }, { shape: [0], dtype: 'x' }, [null]),
    );
    fc.assert(
      fc.property(
        fc.oneof(odd, fc.record({ inputs: fc.array(odd), one: odd }, { requiredKeys: [] })),
        (value) => {
          checkUnion(value);
          const expected = refusal(checkUnion.errors);
          // Null for an optional member means that it is absent.
          const isAbsent =
            typeof value === 'object' && value !== null && 'one' in value && value.one === null;
          if (!isAbsent) expect(check(value)).toBe(expected);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('keeps its own members that are null', () => {
    const value = { inputs: [{ age: null, name: 'a' }], one: null };
    expect(check(value)).toBeNull();
    expect(value).toEqual({ inputs: [{ age: null, name: 'a' }] });
  });
});
