import { type Static, type TSchema, Type } from 'typebox';
import type { Explanation as Explained, InputExplanation } from '../../../domain/explaining/explanation.ts';
import { nullable } from '../shared/shape.ts';

const Contribution = Type.Number({
  description:
    'How much the probability of the label (or the predicted number) falls without this part. Below 0, the part supports another answer.',
});

const ExampleShare = Type.Object(
  {
    id: Type.String({ description: 'The id of the example.' }),
    label: Type.Optional(Type.String({ description: 'For classification: its label.' })),
    share: Type.Number({
      description:
        'From 0 to 1. How much the log probability of the label falls without this example (for regression, how far the predicted number moves), divided by the sum of these changes. The only example of the label has 1.',
    }),
  },
  { title: 'ExampleShare', description: 'An example that led to the answer.' },
);

const partsOf = <Part extends TSchema>(part: Part) =>
  Type.Array(part, { description: 'The parts of the input, in their order.' });

const TextExplanation = Type.Object(
  {
    kind: Type.Literal('text', { description: 'The input is a text.' }),
    parts: partsOf(
      Type.Object({
        text: Type.String({ description: 'The part, such as a word.' }),
        start: Type.Integer({
          description: 'Where it begins in the text, in UTF-16 code units, as strings of JavaScript count.',
        }),
        end: Type.Integer({ description: 'Where it ends: the position after its last code unit.' }),
        contribution: Contribution,
      }),
    ),
  },
  { title: 'TextExplanation', description: 'How much each part of a text led to the answer.' },
);

const RowExplanation = Type.Object(
  {
    kind: Type.Literal('row', { description: 'The input is a row of a table.' }),
    base: Type.Number({
      description: 'The answer for an average example. `base` and all contributions add up to the answer.',
    }),
    columns: Type.Array(
      Type.Object({
        name: Type.Union([Type.String(), Type.Integer()], {
          description: 'The name, or for rows without names the position, from 0.',
        }),
        contribution: Contribution,
      }),
      { description: 'The columns of the row.' },
    ),
  },
  { title: 'RowExplanation', description: 'How much each cell of a row led to the answer.' },
);

const ImageExplanation = Type.Object(
  {
    kind: Type.Literal('image', { description: 'The input is a picture.' }),
    contributions: Type.Array(Type.Array(Contribution), {
      description: 'A grid over the whole picture: rows from top to bottom.',
    }),
    overlay: Type.String({
      description:
        'A transparent PNG as a `data:` URL. Stretch it over the picture: red supports the answer, blue opposes it.',
    }),
  },
  { title: 'ImageExplanation', description: 'How much each place of a picture led to the answer.' },
);

const AudioExplanation = Type.Object(
  {
    kind: Type.Literal('audio', { description: 'The input is a sound.' }),
    parts: partsOf(
      Type.Object({
        fromSeconds: Type.Number({ description: 'Where it begins, in seconds.' }),
        toSeconds: Type.Number({ description: 'Where it ends, in seconds.' }),
        contribution: Contribution,
      }),
    ),
  },
  { title: 'AudioExplanation', description: 'How much each part of a sound led to the answer.' },
);

const TensorExplanation = Type.Object(
  {
    kind: Type.Literal('tensor', { description: 'The input is numbers.' }),
    parts: partsOf(
      Type.Object({
        from: Type.Integer({ description: 'Position of the first number, from 0, in row-major order.' }),
        to: Type.Integer({ description: 'The position after the last number.' }),
        contribution: Contribution,
      }),
    ),
  },
  { title: 'TensorExplanation', description: 'How much each part of the numbers led to the answer.' },
);

const InputParts = Type.Union(
  [TextExplanation, RowExplanation, ImageExplanation, AudioExplanation, TensorExplanation],
  {
    title: 'InputExplanation',
    description: 'The parts of the input that led to the answer. `kind` says which members the object has.',
  },
);

export const Explanation = Type.Object(
  {
    label: nullable(Type.String(), {
      description: 'The label that the explanation is about. Null for regression.',
    }),
    examples: Type.Array(ExampleShare, {
      description: 'The examples that led to the answer, the most important first: at most 10.',
    }),
    input: InputParts,
  },
  { title: 'Explanation', description: 'What led to the answer. Present if `explain` asks for it.' },
);

export function explanationBody({ label, examples, input }: Explained): Static<typeof Explanation> {
  return { label, examples: examples.map((each) => ({ ...each })), input: inputBody(input) };
}

function inputBody(input: InputExplanation): Static<typeof InputParts> {
  if (input.kind === 'row') return { ...input, columns: input.columns.map((each) => ({ ...each })) };
  if (input.kind !== 'image')
    return { ...input, parts: input.parts.map((each) => ({ ...each })) } as Static<typeof InputParts>;
  const overlay = `data:image/png;base64,${Buffer.from(input.overlay).toString('base64')}`;
  return { kind: 'image', contributions: input.contributions.map((row) => [...row]), overlay };
}
