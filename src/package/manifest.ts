import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });
const Sha256 = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'sha256: and 64 hexadecimal digits',
});

const PackageName = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'a name of a-z, 0-9 and hyphens, at most 63 characters',
});

/**
 * How an image becomes the network's input, in this order: decode, turn upright, prepare the ink, to `channels`, resize,
 * scale to 0…1, invert.
 */
const ImagePreprocessing = Type.Object(
  {
    kind: Type.Literal('image'),
    width: Count,
    height: Count,
    channels: Type.Union([Type.Literal(1), Type.Literal(3)]),
    /** x ↦ 1 − x after scaling: ink becomes 1 on a background of 0. */
    invert: Type.Boolean(),
    resize: Type.Union([Type.Literal('nearest'), Type.Literal('cubic'), Type.Literal('lanczos3')]),
    /**
     * For drawings. `normalise`: any ink on any paper is converted to black on white, after the picture is turned
     * upright and before all other steps. A picture without ink is refused. Needs one channel.
     */
    ink: Type.Optional(Type.Literal('normalise')),
  },
  closed,
);

/** The inputs of a package of format 2 are features of this encoder. Any number of packages share one. */
const EncoderPreprocessing = Type.Object(
  { kind: Type.Literal('encoder'), name: PackageName, digest: Sha256 },
  closed,
);

/** The inputs of a package of format 2 are rows of a table. Its columns are inferred from the support set of a task. */
const RowPreprocessing = Type.Object({ kind: Type.Literal('row') }, closed);

/** `d` is the number of features of a row. Each task has its own. */
const InputDim = Type.Union([Count, Type.Literal('d')]);

const StateDim = Type.Union([Count, Type.Literal('ways'), Type.Literal('N'), Type.Literal('d')]);
export type StateDim = Static<typeof StateDim>;

const bounds = (value: typeof Count | ReturnType<typeof Type.Number>) =>
  Type.Object({ default: value, minimum: value, maximum: value }, closed);

/** One measured number, how it was measured, and the command that measures it again. */
export const Metric = Type.Object(
  {
    name: Type.Union([Type.Literal('accuracy'), Type.Literal('mse')]),
    value: Type.Number(),
    /** Half width of the 95 % confidence interval of the mean over episodes. */
    interval95: Type.Number({ minimum: 0 }),
    /**
     * Expected calibration error of the probabilities: the mean difference between confidence and accuracy, in 15 bins of
     * confidence over all queries.
     */
    calibrationError: Type.Optional(Type.Number({ minimum: 0 })),
    dataset: Type.String(),
    split: Type.String(),
    protocol: Type.String(),
    ways: Type.Optional(Count),
    shots: Count,
    queries: Count,
    steps: Type.Integer({ minimum: 0 }),
    episodes: Count,
    seed: Type.Integer(),
    command: Type.String(),
  },
  closed,
);
export type Metric = Static<typeof Metric>;

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
    /** Packages of format 2 read features of an encoder, or rows. Packages of format 1 read pictures or tensors. */
    format: Type.Union([Type.Literal(1), Type.Literal(2)]),
    name: PackageName,
    version: Type.String({
      pattern: '^\\d+\\.\\d+\\.\\d+$',
      description: 'a version such as 1.0.0',
    }),
    description: Type.String(),
    algorithm: Type.String(),
    task: Type.Union([Type.Literal('classification'), Type.Literal('regression')]),
    input: Type.Object(
      {
        /** [features] with an encoder, `["d"]` for rows. */
        shape: Type.Array(InputDim, { maxItems: 4 }),
        preprocessing: Type.Union([
          ImagePreprocessing,
          Type.Object({ kind: Type.Literal('none') }, closed),
          EncoderPreprocessing,
          RowPreprocessing,
        ]),
      },
      closed,
    ),
    /** Shape of one output row; `["ways"]` for classification (logits). */
    output: Type.Object(
      { shape: Type.Array(Type.Union([Count, Type.Literal('ways')]), { maxItems: 4 }) },
      closed,
    ),
    /** The adapted tensors in program order; a dimension is a number, `ways`, `d`, or `N`, the number of examples. */
    state: Type.Array(
      Type.Object(
        { name: Type.String({ pattern: '^[A-Za-z][\\w.-]*$' }), shape: Type.Array(StateDim) },
        closed,
      ),
      {
        minItems: 1,
      },
    ),
    /** Heads that `init` compares. Their results are the rows of the state tensor `selection` [heads, 3]: correct, of, share. */
    heads: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    /** Defaults and limits of the inner loop. The limits bound the time and memory of one adaptation. */
    inner: Type.Object(
      {
        steps: Type.Object(
          {
            default: Type.Integer({ minimum: 0 }),
            minimum: Type.Integer({ minimum: 0 }),
            maximum: Type.Integer({ minimum: 0 }),
          },
          closed,
        ),
        rate: bounds(Type.Number({ minimum: 0 })),
        /** Absent for regression. */
        classes: Type.Optional(Type.Object({ minimum: Count, maximum: Count }, closed)),
        examples: Type.Object({ minimum: Count, maximum: Count }, closed),
      },
      closed,
    ),
    programs: Type.Object({ init: Sha256, step: Type.Optional(Sha256), predict: Sha256 }, closed),
    /** Hash over the programs and the preprocessing. Packages with equal digests compute the same function. */
    digest: Sha256,
    metrics: Type.Array(Metric),
  },
  closed,
);
export type Manifest = Static<typeof Manifest>;
export type Preprocessing = Manifest['input']['preprocessing'];
export type ImagePreprocessing = Static<typeof ImagePreprocessing>;
export type EncoderPreprocessing = Static<typeof EncoderPreprocessing>;

export type ProgramName = 'init' | 'step' | 'predict';

/** A package in memory, verified. */
export interface Package {
  readonly manifest: Manifest;
  readonly programs: { readonly init: Uint8Array; readonly step?: Uint8Array; readonly predict: Uint8Array };
}
