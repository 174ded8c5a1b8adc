import { type Static, type TSchema, Type } from 'typebox';
import { statusOf } from '../errors/status.ts';

const codes = Object.keys(statusOf)
  .map((code) => `\`${code}\``)
  .join(', ');

const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'An explanation of the error, for people.' }),
    instance: Type.String({ description: 'The path of the request.' }),
    code: Type.String({
      description: `The code of the error. Programs should use it instead of the text, because it does not change. It is one of ${codes}. Later versions may add codes.`,
    }),
    pointer: Type.Optional(
      Type.String({ description: 'JSON pointer (RFC 6901) to the wrong member of the body.' }),
    ),
    expected: Type.Optional(Type.String({ description: 'The value that the service expected.' })),
    got: Type.Optional(Type.String({ description: 'The value in the request.' })),
  },
  {
    examples: [
      {
        type: 'urn:innerloop:problem:invalid_input',
        title: 'Invalid input',
        status: 400,
        detail: 'Expected a finite 32-bit number at /inputs/0/0, got null',
        instance: '/tasks/wave/predict',
        code: 'invalid_input',
        pointer: '/inputs/0/0',
        expected: 'a finite 32-bit number',
        got: 'null',
      },
    ],
  },
);
export type ProblemBody = Static<typeof Problem>;

const Unavailable = {
  ...Problem,
  examples: [
    {
      type: 'urn:innerloop:problem:unavailable',
      title: 'Unavailable',
      status: 503,
      detail: 'Redis does not answer: try again',
      instance: '/tasks/wave/predict',
      code: 'unavailable',
    },
  ],
};

const answer = (description: string, schema: TSchema) => ({
  description,
  content: { 'application/problem+json': { schema } },
});

/** The error answers of every route. */
export const problems = {
  '4xx': answer('The request is wrong; nothing was changed.', Problem),
  '5xx': answer('The service failed, or is not ready.', Unavailable),
} as const;
