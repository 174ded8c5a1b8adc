import { type Static, type TSchema, Type } from 'typebox';
import { statusOf } from '../../errors/status.ts';

const codes = Object.keys(statusOf)
  .map((code) => `\`${code}\``)
  .join(', ');

const Problem = Type.Object(
  {
    type: Type.String({
      format: 'uri',
      description: 'The kind of the error, as a URN that ends with its code.',
    }),
    title: Type.String({ description: 'The code of the error, in words.' }),
    status: Type.Integer({ description: 'The HTTP status of the answer.' }),
    detail: Type.String({ description: 'An explanation of the error, for people.' }),
    instance: Type.String({ description: 'The path of the request.' }),
    code: Type.String({
      description: `The code of the error. Programs should use it instead of the text, because it does not change. It is one of ${codes}. Later versions may add codes.`,
    }),
    pointer: Type.Optional(
      Type.String({ description: 'JSON pointer (RFC 6901) to the wrong member of the body.' }),
    ),
    expected: Type.Optional(Type.String({ description: 'What the service expected.' })),
    got: Type.Optional(Type.String({ description: 'What it got.' })),
  },
  {
    title: 'Problem',
    description:
      'The error (problem details, RFC 9457). `code` is for programs, `detail` for people. `pointer` names the wrong field, `expected` the expected value, and `got` the given value.',
  },
);
export type ProblemBody = Static<typeof Problem>;

const answer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem as TSchema } },
});

/** The error answers of every route. */
export const problems = {
  '4xx': answer('The request is wrong; nothing was changed.'),
  '5xx': answer('The service failed, or is not ready.'),
} as const;
