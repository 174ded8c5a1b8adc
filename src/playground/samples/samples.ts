import { drawingInput, pictureInput, soundInput, textInput } from '../state/inputs.ts';
import type { Kind } from '../state/kinds.ts';
import { emptyLabel, exampleOf, type Input, type Labels } from '../state/labels.ts';
import type { OpenTable } from '../state/session.ts';
import { handDrawn, SIGNS } from './drawings.ts';

/** Examples to try at once, and inputs to ask about. */
export interface Sample {
  readonly labels: Labels;
  readonly questions: readonly Input[];
  readonly table?: OpenTable;
}

const TEXTS = {
  'lost card': ['I lost my card', 'My card was stolen yesterday', 'Please block my card, I cannot find it'],
  balance: ['How much money do I have?', 'What is on my account right now?', 'Show me my balance'],
  transfer: ['Send 50 euros to Ana', 'I want to pay my landlord', 'Move money to my savings'],
};
const QUESTIONS = ['Somebody took my card', 'Am I rich yet?', 'Pay my phone bill'];

/** Files of `samples/files`, loaded only when they are tried. */
async function fileOf(name: string): Promise<Blob> {
  return (await fetch(`playground/${name}`)).blob();
}

const labelsOf = (inputs: Readonly<Record<string, readonly Input[]>>): Labels =>
  Object.entries(inputs).map(([name, each]) => ({ ...emptyLabel(name), examples: each.map(exampleOf) }));

async function filesAs(
  names: readonly string[],
  extension: string,
  input: (file: Blob) => Promise<Input>,
): Promise<Sample> {
  const inputsOf = async (name: string) =>
    Promise.all([1, 2, 3].map(async (n) => input(await fileOf(`${name}-${n}.${extension}`))));
  const all = await Promise.all(names.map(async (name) => [name, await inputsOf(name)] as const));
  return {
    labels: labelsOf(Object.fromEntries(all.map(([name, inputs]) => [name, inputs.slice(0, 2)]))),
    questions: all.flatMap(([, inputs]) => inputs.slice(2)),
  };
}

export const sampleOf: Readonly<Record<Kind, () => Promise<Sample>>> = {
  async drawing() {
    const drawn = (name: keyof typeof SIGNS, variants: readonly number[]) =>
      Promise.all(variants.map((variant) => drawingInput(handDrawn(SIGNS[name], variant))));
    const names = Object.keys(SIGNS) as (keyof typeof SIGNS)[];
    const taught = await Promise.all(
      names.map(async (name) => [name, await drawn(name, [0, 1, 2])] as const),
    );
    const asked = await Promise.all(names.map((name) => drawn(name, [5])));
    return { labels: labelsOf(Object.fromEntries(taught)), questions: asked.flat() };
  },
  photos: () => filesAs(['avocado', 'ginger', 'lemon'], 'jpg', pictureInput),
  sound: () => filesAs(['yes', 'no', 'stop'], 'wav', soundInput),
  async text() {
    const taught = Object.entries(TEXTS).map(([name, texts]) => [name, texts.map(textInput)] as const);
    return { labels: labelsOf(Object.fromEntries(taught)), questions: QUESTIONS.map(textInput) };
  },
  async table() {
    const text = await (await fileOf('customers.csv')).text();
    return { labels: [], questions: [], table: { name: 'customers.csv', text, target: 'stays' } };
  },
};
