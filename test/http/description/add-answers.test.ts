import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { statusOf } from '../../../src/http/errors/status.ts';
import { describedApi } from '../support/description.ts';
import { startApp } from '../support/start-app.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}

interface Message {
  readonly content?: Readonly<Record<string, Media>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: Message;
  readonly responses: Readonly<Record<string, Message>>;
}

const description = JSON.parse(await describedApi());
const operations = Object.values(description.paths).flatMap((path) =>
  Object.values(path as object),
) as Operation[];
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(description, 'api');

/** Many operations share a schema, which takes milliseconds to compile. */
const compiled = new Map<string, ValidateFunction>();
function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
  compiled.set(text, validate);
  return validate;
}

const mediaOf = (message: Message | undefined) => Object.entries(message?.content ?? {});
const exemplary = (message: Message | undefined) => mediaOf(message).some(([, { examples }]) => examples);

it('every operation has examples of its body and of its answer, if they are not pictures', () => {
  const without = operations.flatMap(({ operationId, requestBody, responses }) => {
    const answers = Object.entries(responses).flatMap(([status, answer]) =>
      /^2/.test(status) ? [answer] : [],
    );
    const isShown =
      answers.some(exemplary) ||
      answers.every(({ content }) => !content || (content['image/webp'] && !content['text/plain']));
    return isShown && (!requestBody || exemplary(requestBody)) ? [] : [operationId];
  });
  expect(without).toEqual([]);
});

it('every example fits its schema', () => {
  const wrong = operations.flatMap(({ operationId, requestBody, responses }) =>
    [requestBody, ...Object.values(responses)].flatMap((message) =>
      mediaOf(message).flatMap(([type, { schema, example, examples = {} }]) => {
        const validate = validatorOf(schema);
        const values = [
          ...Object.entries(examples),
          ...(example === undefined ? [] : [['', { value: example }] as const]),
        ];
        return values.flatMap(([name, { value }]) =>
          validate(value) ? [] : [`${operationId} ${type} ${name}: ${ajv.errorsText(validate.errors)}`],
        );
      }),
    ),
  );
  expect(wrong).toEqual([]);
});

const http = startApp({ environment: { HOST: '0.0.0.0' } });

interface Problem {
  readonly code: ErrorCode;
  readonly status: number;
}

it('each kind of refusal has an example of its status', () => {
  const wrong = operations.flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, answer]) =>
      mediaOf(answer).flatMap(([type, { example, examples = {} }]) => {
        if (type !== 'application/problem+json') return [];
        const shown = [...Object.values(examples).map(({ value }) => value), example].filter(
          (each) => each !== undefined,
        ) as Problem[];
        const pattern = new RegExp(`^${status.replace('XX', '..')}$`);
        const isRight = ({ code, status }: Problem) => statusOf[code] === status && pattern.test(`${status}`);
        return shown.length > 0 && shown.every(isRight) ? [] : [`${operationId} ${status}`];
      }),
    ),
  );
  expect(wrong).toEqual([]);
});

it.each([
  ['DELETE', '/tasks/requests', 'teach', 'deleteTask'],
  ['GET', '/tasks/requests/examples', 'feedback', 'listExamples'],
] as const)(
  'the example of 403 is what a key with too few scopes gets: %s %s',
  async (method, url, scope, id) => {
    const { token } = await http.keys.issue('acme', { scopes: [scope] });
    const answer = await http.app.inject({ method, url, headers: { authorization: `Bearer ${token}` } });
    const { responses } = operations.find(({ operationId }) => operationId === id) ?? {};
    expect(answer.json()).toEqual(responses?.['403']?.content?.['application/problem+json']?.example);
  },
);
