import { type Static, Type } from 'typebox';
import type { EncoderPreprocessing } from '../../../package/manifest.ts';

const closed = { additionalProperties: false } as const;
const Fraction = Type.Number({ minimum: 0, maximum: 0.5 });

/** The encoder whose features the examples become. */
export const EncoderRecipe = Type.Object(
  {
    name: Type.String(),
    digest: Type.String(),
    kind: Type.Union([
      Type.Literal('image'),
      Type.Literal('text'),
      Type.Literal('audio'),
      Type.Literal('tensor'),
    ]),
    features: Type.Integer({ minimum: 1 }),
  },
  closed,
);
export type EncoderRecipe = Static<typeof EncoderRecipe>;

/**
 * Pictures, texts, sounds or arrays of numbers in one or several data sets; see `readContents`. An episode draws from one of
 * them.
 */
export const ContentsRecipe = Type.Object(
  {
    name: Type.Literal('contents'),
    encoder: EncoderRecipe,
    paths: Type.Array(Type.String(), { minItems: 1 }),
    /** Classes with fewer examples are left out. */
    minExamples: Type.Integer({ minimum: 2 }),
    /** Further examples of a class are left out. */
    maxExamples: Type.Optional(Type.Integer({ minimum: 2 })),
    /** The part of the classes of each data set that is held out, and the seed that chooses them. */
    split: Type.Object({ seed: Type.Integer(), val: Fraction, test: Fraction }, closed),
  },
  closed,
);
export type ContentsRecipe = Static<typeof ContentsRecipe>;

export const encoderPreprocessing = ({
  encoder: { name, digest },
}: ContentsRecipe): EncoderPreprocessing => ({
  kind: 'encoder',
  name,
  digest,
});
