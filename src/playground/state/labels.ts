import type { Input as ApiInput } from '../../client/index.ts';

/** How an input looks on the page. */
export type Look =
  | { readonly kind: 'picture'; readonly url: string }
  /** `cells`: of a row, each column with its value. */
  | { readonly kind: 'text'; readonly text: string; readonly cells?: Cells }
  | { readonly kind: 'sound'; readonly url: string };

type Cells = readonly (readonly [string, string])[];

/** An input as the API takes it, and how it looks. */
export interface Input {
  readonly value: ApiInput;
  readonly look: Look;
}

export interface Example extends Input {
  readonly key: number;
}

export interface Label {
  readonly key: number;
  readonly name: string;
  readonly examples: readonly Example[];
}

export type Labels = readonly Label[];

/** The longest name of a label that the API takes. */
export const MAX_LABEL_LENGTH = 128;

let keys = 0;
const nextKey = () => ++keys;

export const emptyLabel = (name: string): Label => ({ key: nextKey(), name, examples: [] });

export const exampleOf = ({ value, look }: Input): Example => ({ key: nextKey(), value, look });

/** Adds examples to the label of this name, or to a new one. */
export function withExamples(labels: Labels, name: string, examples: readonly Example[]): Labels {
  const isKnown = labels.some((label) => label.name === name);
  const all = isKnown ? labels : [...labels, emptyLabel(name)];
  return all.map((label) =>
    label.name === name ? { ...label, examples: [...label.examples, ...examples] } : label,
  );
}

export const withInputs = (labels: Labels, name: string, inputs: readonly Input[]): Labels =>
  withExamples(labels, name, inputs.map(exampleOf));

/** The example of this input with another label: where it was, or else as a new one. Null: it already has this label. */
export function relabelled(
  labels: Labels,
  name: string,
  { value, look }: Input,
): { labels: Labels; key: number } | null {
  const of = (label: Label) => label.examples.find((each) => each.look === look);
  const from = labels.find(of);
  if (from?.name === name) return null;
  const example = (from && of(from)) ?? exampleOf({ value, look });
  const without = labels.map((label) => ({
    ...label,
    examples: label.examples.filter((each) => each !== example),
  }));
  return { labels: withExamples(without, name, [example]), key: example.key };
}

export const changed = (labels: Labels, key: number, change: (label: Label) => Label): Labels =>
  labels.map((label) => (label.key === key ? change(label) : label));

/** A name that no label has: `name 3` if there are two labels. */
export function freeName(labels: Labels, base: string): string {
  const names = new Set(labels.map(({ name }) => name));
  for (let n = labels.length + 1; ; n++) if (!names.has(`${base} ${n}`)) return `${base} ${n}`;
}
