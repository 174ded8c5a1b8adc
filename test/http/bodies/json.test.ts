import fc from 'fast-check';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { createJsonParser } from '../../../src/http/bodies/json.ts';

const app = Fastify();
const parse = createJsonParser(app);
const parseAsFramework = app.getDefaultJsonParser('error', 'error');
const request = { routeOptions: { schema: { body: {} } } } as unknown as Parameters<typeof parse>[0];

/** JSON in which any name or text may be written with an escape. */
const texts = fc.letrec<{ readonly value: string; readonly name: string }>((tie) => ({
  name: fc
    .tuple(fc.constantFrom('__proto__', 'constructor', 'prototype', 'a', 'é', ''), fc.boolean())
    .map(([name, isEscaped]) => {
      const escaped = name.replace(/^./, (first) => `\\u00${first.charCodeAt(0).toString(16)}`);
      return `"${isEscaped ? escaped : name}"`;
    }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('1', 'null', '-1e400', '01', '', ' ', '\ufeff1', '"\\ud83d\\ude00"'),
    tie('name'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    fc
      .array(fc.tuple(tie('name'), tie('value')), { maxLength: 3 })
      .map((members) => `{${members.map(([name, value]) => `${name} :${value}`).join()}}`),
  ),
})).value;

describe('JSON of a body', () => {
  it('is accepted and refused as by the parser of the framework', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const answer = (error: Error | null, value?: unknown) => (error ? error.message : { value });
        let [own, framework]: unknown[] = [];
        parse(request, Buffer.from(text), (...given) => {
          own = answer(...given);
        });
        parseAsFramework(request, text, (...given) => {
          framework = answer(...given);
        });
        expect(own).toEqual(framework);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
