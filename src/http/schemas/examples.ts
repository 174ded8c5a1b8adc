import { type Static, Type } from 'typebox';
import { CONTENT_KINDS } from '../../domain/content.ts';
import { MAX_LABEL_LENGTH } from '../../domain/labels.ts';
import type { ExampleView } from '../../service/examples/use-cases.ts';
import { FORMATS } from '../downloads/download.ts';
import { ListQuery, listOf } from './shared/list.ts';
import { closed, objectName, oneOf, time } from './shared/shape.ts';
import { TaskParams } from './tasks.ts';

const SOURCES = ['adapt', 'feedback'] as const;

const Label = Type.String({
  minLength: 1,
  maxLength: MAX_LABEL_LENGTH,
  description: 'Only examples with this label.',
  examples: ['ginger'],
});

const Source = oneOf(SOURCES, {
  description: 'Only examples that came with a support set (`adapt`), or with feedback on a prediction.',
});

const Filter = { label: Type.Optional(Label), source: Type.Optional(Source) };

export const ExamplesQuery = Type.Object({ ...ListQuery.properties, ...Filter }, closed);

export const EraseQuery = Type.Object(Filter, closed);

export const DownloadQuery = Type.Object(
  {
    format: Type.Optional(
      oneOf(FORMATS, {
        description:
          '`zip`: files in folders that are named by their label. `csv`: a table. `ndjson`: one example per line, of any kind. By default, the format that represents the examples exactly: `zip` for pictures and sounds, `csv` for rows whose cells are all texts, otherwise `ndjson`.',
      }),
    ),
  },
  closed,
);

export const ExampleParams = Type.Object({
  ...TaskParams.properties,
  example: Type.String({
    minLength: 1,
    maxLength: 128,
    description: 'The id of the example.',
    examples: ['ex_0123456789abcdef0123456789abcdef'],
  }),
});

export const ExamplePatch = Type.Object(
  {
    label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_LABEL_LENGTH,
        description: 'For classification: the right label. It may be a new one.',
      }),
    ),
    target: Type.Optional(
      Type.Union([Type.Array(Type.Unknown()), Type.Number()], {
        description:
          'For regression: the right answer, as a number or as nested arrays in the output shape of the package.',
      }),
    ),
  },
  {
    title: 'RelabelRequest',
    description: 'The right `label` of the example, or for regression its `target`.',
    ...closed,
  },
);

export const Example = Type.Object(
  {
    id: Type.String({ description: 'The id of the example.' }),
    object: objectName('example'),
    kind: oneOf(CONTENT_KINDS, { description: 'The kind of its content.' }),
    label: Type.Optional(Type.String({ description: 'For classification: the label.' })),
    target: Type.Optional(
      Type.Array(Type.Number(), { description: 'For regression: the right answer, row by row.' }),
    ),
    weight: Type.Number({ description: 'How much the example counts.' }),
    source: oneOf(SOURCES, {
      description: '`adapt`: it came with a support set. `feedback`: it came with feedback on a prediction.',
    }),
    confirmed: Type.Boolean({
      description: 'For examples of feedback: whether somebody has given it a label again.',
    }),
    createdAt: time('When it was given'),
    size: Type.Integer({ description: 'The bytes of its content, as it is stored.' }),
    content: Type.String({
      description: 'The URL of its content, relative to that of this answer.',
      examples: ['examples/ex_0123456789abcdef0123456789abcdef/content'],
    }),
    thumbnail: Type.Optional(
      Type.String({
        description:
          'For pictures: the URL of a small WebP, relative to that of this answer. The call needs the key, too.',
      }),
    ),
  },
  { title: 'Example', description: 'A labelled example of a task, without its content.' },
);
export const ExampleList = listOf(Example);

export const Erased = Type.Object(
  {
    object: objectName('erasure'),
    examples: Type.Integer({ description: 'Number of examples that were erased.' }),
    adaptations: Type.Array(Type.String(), {
      description:
        'The ids of the adaptations that had learnt from them. They are `erased`: they can no longer predict.',
    }),
  },
  { title: 'Erasure', description: 'What was erased.' },
);

/** `folder` is the URL of the examples, relative to that of the answer. */
export function exampleBody(
  { id, kind, label, target, weight, source, confirmed, createdAt, size }: ExampleView,
  folder: string,
): Static<typeof Example> {
  const base = `${folder}${id}`;
  return {
    id,
    object: 'example',
    kind,
    ...(label !== undefined && { label }),
    ...(target && { target: [...target] }),
    weight,
    source,
    confirmed: confirmed === true,
    createdAt,
    size,
    content: `${base}/content`,
    ...(kind === 'image' && { thumbnail: `${base}/thumbnail` }),
  };
}
