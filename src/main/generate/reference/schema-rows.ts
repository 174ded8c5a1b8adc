import type { TSchema } from 'typebox';

type Schema = TSchema & {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly description?: string;
  readonly 'x-expected'?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
};

export interface SchemaRow {
  /** Path of the member, such as `inner.steps.default`; `[]` stands for each item of an array. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly meaning: string;
}

/** All members of a JSON Schema, depth first. A path that several branches of a union have is one row. */
export function rowsOf(schema: TSchema): readonly SchemaRow[] {
  const rows = membersOf(schema as Schema, '');
  return [...new Set(rows.map(({ path }) => path))].map((path) => {
    const same = rows.filter((row) => row.path === path);
    return {
      path,
      type: [...new Set(same.map(({ type }) => type))].join(', or '),
      isRequired: same.every(({ isRequired }) => isRequired),
      meaning: [...new Set(same.map(({ meaning }) => meaning))].join(' '),
    };
  });
}

/** `kind` is that of the branch of a union that the members belong to. */
function membersOf(schema: Schema, at: string, kind = ''): readonly SchemaRow[] {
  if (schema.anyOf) return schema.anyOf.flatMap((branch) => membersOf(branch, at, kindOf(branch)));
  if (schema.items) return membersOf(schema.items, `${at}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const isRequired = schema.required?.includes(name) ?? false;
    const meaning = `${kind && `${kind}: `}${member.description ?? ''}`;
    return [{ path, type: typeOf(member), isRequired, meaning }, ...membersOf(member, path)];
  });
}

const kindOf = ({ properties }: Schema) => `${properties?.kind?.const ?? ''}`;

function typeOf(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(', ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.type === 'array') return `array of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  return schema['x-expected'] ?? `${schema.type ?? 'anything'}${limitsOf(schema)}`;
}

function limitsOf({ minimum, maximum, exclusiveMinimum }: Schema): string {
  if (exclusiveMinimum !== undefined) return ` > ${exclusiveMinimum}`;
  if (minimum === undefined) return '';
  return maximum === undefined ? ` ≥ ${minimum}` : ` ${minimum} … ${maximum}`;
}
