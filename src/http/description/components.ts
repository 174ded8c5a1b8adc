/** The parts of a JSON Schema that hold schemas. */
interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly 'x-expected'?: string;
  readonly 'x-accepts'?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

interface Message {
  readonly content?: Readonly<Record<string, { schema?: Schema }>>;
}

interface Operation {
  readonly requestBody?: Message;
  readonly responses?: Readonly<Record<string, Message>>;
}

interface Description {
  readonly paths?: object;
  components?: { readonly schemas?: object };
}

/**
 * Moves each schema that has a `title` to `components/schemas` under this name, and refers to it. Only the description changes:
 * validators and serializers see the whole schema in its place.
 * @throws Error if two schemas with one title differ
 */
export function nameSchemas(description: Description): void {
  const named = new Map<string, Schema>();
  const operations = Object.values(description.paths ?? {}).flatMap((path) =>
    Object.values(path),
  ) as Operation[];
  for (const { requestBody, responses = {} } of operations)
    for (const message of [requestBody, ...Object.values(responses)])
      for (const media of Object.values(message?.content ?? {}))
        if (media.schema) media.schema = referTo(media.schema, named);
  const schemas = Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
  description.components = { ...description.components, schemas };
}

function referTo(
  { title, 'x-expected': _, 'x-accepts': _types, ...schema }: Schema,
  named: Map<string, Schema>,
): Schema {
  const inner = (each: Schema) => referTo(each, named);
  const { properties, items, anyOf, additionalProperties } = schema;
  const whole = {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)])),
    }),
    ...(items && { items: inner(items) }),
    ...(anyOf && { anyOf: anyOf.map(inner) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: inner(additionalProperties) }),
  };
  if (title === undefined) return whole;
  const known = named.get(title);
  if (known && JSON.stringify(known) !== JSON.stringify(whole))
    throw new Error(`Expected one schema with the title ${title}, got two that differ`);
  named.set(title, whole);
  return { $ref: `#/components/schemas/${title}` };
}
