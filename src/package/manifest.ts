import { type Static, type TSchema, Type } from 'typebox';
import { FittedCalibration, MeasuredMetric } from './schemas/measured.ts';
import { closed, count, expecting, oneOf, packageName, sha256, version } from './schemas/parts.ts';

const ImagePreprocessing = Type.Object(
  {
    kind: Type.Literal('image', { description: 'A picture.' }),
    width: count('Width of the input, in pixels.'),
    height: count('Height of the input, in pixels.'),
    channels: oneOf([1, 3], '1: grey. 3: red, green and blue.'),
    invert: Type.Boolean({
      description: 'Whether x becomes 1 − x after scaling, so that ink is 1 on a background of 0.',
    }),
    resize: oneOf(['nearest', 'cubic', 'lanczos3'], 'The filter that changes the size.'),
    /** The picture is turned upright before. A picture without ink is refused. Needs one channel. */
    ink: Type.Optional(
      Type.Literal('normalise', {
        description:
          'For drawings: any ink on any paper becomes black on white before all other steps. Absent for other pictures.',
      }),
    ),
  },
  {
    ...closed,
    title: 'ImagePreprocessing',
    description:
      'How a picture becomes the input of the network, in this order: decode, turn upright, normalise the ink, convert to `channels`, resize, scale to 0…1, invert.',
  },
);

const EncoderPreprocessing = Type.Object(
  {
    kind: Type.Literal('encoder', { description: 'The features of an encoder.' }),
    name: packageName('The name of the encoder, as in `GET /encoders`.'),
    digest: sha256('The digest of the encoder. Another encoder of this name is refused.'),
  },
  {
    ...closed,
    title: 'EncoderPreprocessing',
    description:
      'The encoder whose features are the input. Any number of packages can read the features of one encoder.',
  },
);

const RowPreprocessing = Type.Object(
  { kind: Type.Literal('row', { description: 'A row of a table.' }) },
  {
    ...closed,
    title: 'RowPreprocessing',
    description: 'The input is a row of a table. The columns are inferred from the examples of each task.',
  },
);

const NoPreprocessing = Type.Object(
  { kind: Type.Literal('none', { description: 'Numbers, unchanged.' }) },
  { ...closed, title: 'NoPreprocessing', description: 'The input is numbers, which are used unchanged.' },
);

const Size = Type.Integer({ minimum: 1 });
/** `d` is the number of features of a row. Each task has its own. */
const InputDim = Type.Union([Size, Type.Literal('d')]);

const StateDim = Type.Union([Size, Type.Literal('ways'), Type.Literal('N'), Type.Literal('d')]);
export type StateDim = Static<typeof StateDim>;

const bounds = <Bound extends TSchema>(bound: (description: string) => Bound, subject: string) =>
  Type.Object(
    {
      default: bound(`The ${subject} of an adaptation without settings.`),
      minimum: bound(`The smallest ${subject} that a call may ask for.`),
      maximum: bound(`The largest ${subject} that a call may ask for.`),
    },
    { ...closed, description: `Default and bounds of the ${subject}.` },
  );

const limits = (subject: string, description: string) =>
  Type.Object(
    { minimum: count(`Minimum number of ${subject}.`), maximum: count(`Maximum number of ${subject}.`) },
    { ...closed, description },
  );

/** The limits bound the time and memory of one adaptation. */
const Inner = Type.Object(
  {
    steps: bounds((description) => Type.Integer({ minimum: 0, description }), 'number of steps'),
    rate: bounds((description) => Type.Number({ minimum: 0, description }), 'size of a step'),
    classes: Type.Optional(limits('labels', 'How many labels a task can have. Absent for regression.')),
    examples: limits('examples', 'How many examples a task can have.'),
  },
  {
    ...closed,
    description: 'Settings of an adaptation with their defaults and bounds, and limits of a task.',
  },
);

/**
 * `model.json`: the contract of a package. The graphs beside it are `init.onnx`, `step.onnx` (absent where the
 * algorithm takes no steps) and `predict.onnx`:
 *
 *     init(support_x [N, …input], support_y [N, ways | …output]) → state…
 *     step(state…, support_x, support_y, rate []) → state…, loss []
 *     predict(state…, x [B, …input]) → y [B, ways | …output]
 *
 * State tensors are inputs of `step` and `predict` under their names. `init` returns them under the same names, and
 * `step` returns them as `<name>.next`.
 */
export const Manifest = Type.Object(
  {
    format: oneOf(
      [1, 2],
      '1: inputs are pictures or numbers. 2: inputs are features of an encoder, or rows.',
    ),
    name: packageName('The name that calls use.'),
    version: version('The version. Versions of one name can be served side by side.'),
    description: Type.String({ description: 'What it is for, in one sentence.' }),
    algorithm: Type.String({ description: 'The name of the algorithm by which it learns.' }),
    task: oneOf(['classification', 'regression'], 'Whether it predicts labels or numbers.'),
    input: Type.Object(
      {
        shape: Type.Array(InputDim, {
          maxItems: 4,
          description:
            'The shape of one input: `[features]` with an encoder, `["d"]` for rows, where each task has its own `d`.',
        }),
        preprocessing: Type.Union(
          [ImagePreprocessing, NoPreprocessing, EncoderPreprocessing, RowPreprocessing],
          { description: 'How an input becomes numbers. `kind` says which members the object has.' },
        ),
      },
      { ...closed, description: 'What the network reads.' },
    ),
    output: Type.Object(
      {
        shape: Type.Array(Type.Union([Size, Type.Literal('ways')]), {
          maxItems: 4,
          description: 'The shape of one answer: `["ways"]` for classification, one logit for each label.',
        }),
      },
      { ...closed, description: 'What the network computes.' },
    ),
    state: Type.Array(
      Type.Object(
        {
          name: Type.String({
            pattern: '^[A-Za-z][\\w.-]*$',
            ...expecting('a letter, then letters, digits, dots, hyphens and underscores'),
            description: 'The name of the tensor.',
          }),
          shape: Type.Array(StateDim, {
            description:
              'The sizes of its dimensions: numbers, `ways` (labels), `N` (examples) or `d` (features of a row).',
          }),
        },
        closed,
      ),
      { minItems: 1, description: 'The tensors that adapt, in the order of the programs.' },
    ),
    /** The results of the heads are the rows of the state tensor `selection` [heads, 3]: correct, of, share. */
    heads: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description:
          'The names of the heads that an adaptation compares on the examples. Absent for packages with one head.',
      }),
    ),
    inner: Inner,
    programs: Type.Object(
      {
        init: sha256('Hash of `init.onnx`.'),
        step: Type.Optional(sha256('Hash of `step.onnx`. Absent if the algorithm takes no steps.')),
        predict: sha256('Hash of `predict.onnx`.'),
      },
      { ...closed, description: 'Hashes of the programs.' },
    ),
    digest: sha256(
      'Hash of the programs and the preprocessing. Packages with equal digests compute the same function.',
    ),
    /** Absent in packages of before 0.3, and in those that were not calibrated. */
    calibration: Type.Optional(FittedCalibration),
    metrics: Type.Array(MeasuredMetric, {
      description: 'What was measured on test data. Often empty for your own packages.',
    }),
  },
  closed,
);
export type Manifest = Static<typeof Manifest>;
export type Metric = Manifest['metrics'][number];
export type Calibration = NonNullable<Manifest['calibration']>;
export type Preprocessing = Manifest['input']['preprocessing'];
export type ImagePreprocessing = Static<typeof ImagePreprocessing>;
export type EncoderPreprocessing = Static<typeof EncoderPreprocessing>;

export type ProgramName = 'init' | 'step' | 'predict';

/** A package in memory, verified. */
export interface Package {
  readonly manifest: Manifest;
  readonly programs: { readonly init: Uint8Array; readonly step?: Uint8Array; readonly predict: Uint8Array };
}
