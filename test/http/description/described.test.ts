import { expect, it } from 'vitest';
import { describedApi } from '../support/description.ts';

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

interface Message {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: Message;
  readonly responses: Readonly<Record<string, Message>>;
}

const { paths, components } = JSON.parse(await describedApi()) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
const operations = Object.values(paths).flatMap((path) => Object.values(path));

const isSentence = (text: string | undefined) => /^[A-Z0-9`−].*\.$/s.test(text ?? '');

/** Whether the schema says what it is: itself, the schema that it refers to, or the one form that it has beside null. */
function isDescribed({ $ref, description, anyOf = [] }: Schema): boolean {
  if ($ref !== undefined) return isDescribed(components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  return isSentence(description) || anyOf.some(isDescribed);
}

/** The places of all properties below a schema that nothing describes. */
function undescribed(schema: Schema, at: string): readonly string[] {
  const { properties = {}, items, anyOf = [], additionalProperties: others } = schema;
  const inner: readonly (readonly [string, Schema])[] = [
    ...Object.entries(properties).map(([name, each]) => [`${at}/${name}`, each] as const),
    ...(items ? [[`${at}[]`, items] as const] : []),
    ...anyOf.map((each) => [at, each] as const),
    ...(typeof others === 'object' ? [[`${at}/*`, others] as const] : []),
  ];
  return [
    ...Object.entries(properties).flatMap(([name, each]) => (isDescribed(each) ? [] : [`${at}/${name}`])),
    ...inner.flatMap(([place, each]) => undescribed(each, place)),
  ];
}

it('every schema and every property has a description', () => {
  const named = Object.entries(components.schemas);
  expect(named.length).toBeGreaterThan(70);
  expect(named.flatMap(([name, each]) => (isDescribed(each) ? [] : [name]))).toEqual([]);
  expect(named.flatMap(([name, each]) => undescribed(each, name))).toEqual([]);
});

it('every operation, parameter, body and answer has a description', () => {
  const missing = operations.flatMap(
    ({ operationId, description, parameters = [], requestBody, responses }) => [
      ...(isSentence(description) ? [] : [operationId]),
      ...parameters.flatMap((each) => (isSentence(each.description) ? [] : [`${operationId} ${each.name}`])),
      ...Object.entries({ ...responses, ...(requestBody && { body: requestBody }) }).flatMap(
        ([name, message]) => [
          ...(name === 'body' || isSentence(message.description) ? [] : [`${operationId} ${name}`]),
          ...Object.entries(message.content ?? {}).flatMap(([type, { schema }]) =>
            undescribed(schema, `${operationId} ${name} ${type}`),
          ),
        ],
      ),
    ],
  );
  expect(missing).toEqual([]);
});

it('every operation has an id that reads well as the name of a function', () => {
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  // A verb, then what it is about.
  expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)*$/.test(id))).toEqual([]);
});
