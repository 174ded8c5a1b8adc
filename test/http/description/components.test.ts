import { expect, it } from 'vitest';
import { nameSchemas } from '../../../src/http/description/components.ts';
import { describedApi } from '../support/description.ts';

const answering = (schema: object) => ({
  get: { responses: { 200: { content: { 'application/json': { schema } } } } },
});
const Warning = { title: 'Warning', type: 'object', properties: { code: { type: 'string' } } };
const Task = { title: 'Task', type: 'object', properties: { warnings: { type: 'array', items: Warning } } };

it('schemas with a title become components, and every use refers to them', () => {
  const described = {
    paths: { '/a': answering(Task), '/b': answering({ anyOf: [Warning, { type: 'null' }] }) },
  };
  nameSchemas(described);
  expect(described).toEqual({
    paths: {
      '/a': answering({ $ref: '#/components/schemas/Task' }),
      '/b': answering({ anyOf: [{ $ref: '#/components/schemas/Warning' }, { type: 'null' }] }),
    },
    components: {
      schemas: {
        Task: {
          type: 'object',
          properties: { warnings: { type: 'array', items: { $ref: '#/components/schemas/Warning' } } },
        },
        Warning: { type: 'object', properties: { code: { type: 'string' } } },
      },
    },
  });
});

it('two schemas with one title must be equal', () => {
  const other = { ...Warning, required: ['code'] };
  const described = { paths: { '/a': answering(Task), '/b': answering(other) } };
  expect(() => nameSchemas(described)).toThrow('Expected one schema with the title Warning');
});

it('every JSON body and answer of the API has a name', async () => {
  const { paths } = JSON.parse(await describedApi());
  interface Message {
    readonly content?: Readonly<
      Record<string, { readonly schema: { readonly anyOf?: object[]; readonly format?: string } }>
    >;
  }
  const operations = Object.values(paths).flatMap((path) => Object.values(path as object)) as {
    readonly operationId: string;
    readonly requestBody?: Message;
    readonly responses: Readonly<Record<string, Message>>;
  }[];
  const nameless = operations.flatMap(({ operationId, requestBody, responses }) =>
    [requestBody, ...Object.values(responses)].flatMap((message) =>
      Object.entries(message?.content ?? {}).flatMap(([type, { schema }]) =>
        /[/+]json$/.test(type) &&
        schema.format !== 'binary' &&
        !Object.hasOwn(schema.anyOf?.[0] ?? schema, '$ref')
          ? [`${operationId} ${type}`]
          : [],
      ),
    ),
  );
  expect(nameless).toEqual([]);
});
