/** Why an adaptation answered as it did. */
export interface Explanation {
  /** The label whose probability is explained; null for regression, where it is the first number. */
  readonly label: string | null;
  /** The examples that led to the answer, the largest share first. Their shares sum to at most 1. */
  readonly examples: readonly ExampleShare[];
  readonly input: InputExplanation;
}

export interface ExampleShare {
  readonly id: string;
  readonly label?: string;
  /** 0…1: its part of the sum of the changes that the tried examples make. The only example of the label has 1. */
  readonly share: number;
}

/**
 * What each part of the input adds: how much the probability (or the number) falls without it. Negative parts support
 * another answer.
 */
export type InputExplanation =
  | { readonly kind: 'text'; readonly parts: readonly TextPart[] }
  | {
      readonly kind: 'row';
      /** The answer to an average row of the support set. With the contributions of all columns, it adds up to the answer. */
      readonly base: number;
      readonly columns: readonly { readonly name: string | number; readonly contribution: number }[];
    }
  | {
      readonly kind: 'image';
      /** [rows, columns] over the whole picture, from its upper left corner. */
      readonly contributions: readonly (readonly number[])[];
      /** A transparent PNG to lay over the picture, stretched to its size: red supports the answer, blue opposes it. */
      readonly overlay: Uint8Array;
    }
  | { readonly kind: 'audio'; readonly parts: readonly SoundPart[] }
  | { readonly kind: 'tensor'; readonly parts: readonly NumbersPart[] };

export interface TextPart {
  readonly text: string;
  /** In UTF-16 code units, as strings of JavaScript count. */
  readonly start: number;
  readonly end: number;
  readonly contribution: number;
}

export interface SoundPart {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly contribution: number;
}

export interface NumbersPart {
  /** Row-major position of the first number. */
  readonly from: number;
  readonly to: number;
  readonly contribution: number;
}
