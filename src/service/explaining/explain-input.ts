import type { InputExplanation, NumbersPart } from '../../domain/explaining/explanation.ts';
import { shapleyValues } from '../../domain/explaining/shapley.ts';
import { segmentsOf, withoutSegment } from '../../domain/explaining/sound-segments.ts';
import { withoutSpan, wordsOf } from '../../domain/explaining/word-spans.ts';
import { widthOf } from '../../domain/rows/columns.ts';
import type { ContentDecoder } from '../../ports/content-decoder.ts';
import { sizeOf, stack, type Tensor } from '../../tensor.ts';
import { contentOf } from '../inputs/content.ts';
import type { Learnable } from '../support/learnable.ts';
import type { Answered } from './answered.ts';

/** Cells of a picture that are masked one at a time: some 50 predictions. */
const GRID = [7, 7] as const;
/** Groups of neighbouring numbers of a tensor. */
const MOST_NUMBERS = 49;

type Decoder = Partial<Pick<ContentDecoder, 'canonical' | 'masked' | 'overlay'>>;

/** The contribution of each part of the input: how much the answer falls without it. */
export async function explainInput(
  answered: Answered,
  learnable: Learnable,
  decoder: Decoder,
): Promise<InputExplanation> {
  const content = contentOf(answered.raw, answered.spec);
  switch (content.kind) {
    case 'text':
      return explainText(answered, Buffer.from(content.bytes).toString());
    case 'row':
      return explainRow(answered, learnable);
    case 'image':
      if (decoder.masked && decoder.overlay)
        return explainPicture(answered, content.bytes, { masked: decoder.masked, overlay: decoder.overlay });
      return explainNumbers(answered, learnable);
    case 'audio':
      return explainSound(answered, (await decoder.canonical?.(content))?.content.bytes ?? content.bytes);
    case 'tensor':
      return explainNumbers(answered, learnable);
  }
}

async function explainText(answered: Answered, text: string): Promise<InputExplanation> {
  const words = wordsOf(text);
  const falls = await fallsOf(answered, [
    { kind: 'text', text },
    ...words.map((word) => ({ kind: 'text', text: withoutSpan(text, word) }) as const),
  ]);
  return {
    kind: 'text',
    parts: words.map(({ start, end }, i) => ({
      text: text.slice(start, end),
      start,
      end,
      contribution: falls[i] ?? 0,
    })),
  };
}

async function explainPicture(
  answered: Answered,
  file: Uint8Array,
  { masked: mask, overlay: paint }: Pick<ContentDecoder, 'masked' | 'overlay'>,
): Promise<InputExplanation> {
  const limits = { urgency: 'prediction', signal: answered.signal } as const;
  const { whole, masked } = await mask(file, GRID, limits);
  const falls = await fallsOf(
    answered,
    [whole, ...masked].map((each) => ({ kind: 'file', file: each })),
  );
  const [rows, columns] = GRID;
  const overlay = await paint(Float32Array.from(falls), GRID, limits);
  const contributions = Array.from({ length: rows }, (_, row) =>
    Array.from(falls.slice(row * columns, (row + 1) * columns)),
  );
  return { kind: 'image', contributions, overlay };
}

async function explainSound(answered: Answered, file: Uint8Array): Promise<InputExplanation> {
  const segments = segmentsOf(file);
  const falls = await fallsOf(
    answered,
    [file, ...segments.map((segment) => withoutSegment(file, segment))].map((each) => ({
      kind: 'file',
      file: each,
    })),
  );
  const parts = segments.map(({ fromSeconds, toSeconds }, i) => ({
    fromSeconds,
    toSeconds,
    contribution: falls[i] ?? 0,
  }));
  return { kind: 'audio', parts };
}

/** By how much the answer to the first input is larger than to each of the others. */
async function fallsOf(
  { ask }: Answered,
  inputs: Parameters<Answered['ask']>[0],
): Promise<readonly number[]> {
  const [whole = 0, ...others] = await ask(inputs);
  return others.map((each) => whole - (Number.isNaN(each) ? 0 : each));
}

/** Shapley values of the columns; a column that does not take part has the mean of the support set. */
async function explainRow(answered: Answered, { x: support }: Learnable): Promise<InputExplanation> {
  const columns = (answered.adaptation.columns ?? []).filter((column) => widthOf(column) > 0);
  let start = 0;
  const places = columns.map((column) => {
    start += widthOf(column);
    return { start: start - widthOf(column), end: start };
  });
  const mean = meanRow(support);
  const { base, values } = await shapleyValues(columns.length, answered.adaptation.id, (coalitions) =>
    answered.askRows(
      rowsOf(
        answered.x,
        coalitions.map((coalition) => {
          const row = Float32Array.from(mean);
          for (const [i, place] of places.entries())
            if (coalition[i]) row.set(answered.x.data.subarray(place.start, place.end), place.start);
          return row;
        }),
      ),
    ),
  );
  return {
    kind: 'row',
    base,
    columns: columns.map(({ name }, i) => ({ name, contribution: values[i] ?? 0 })),
  };
}

/** Groups of neighbouring numbers, which are replaced by their mean over the support set. */
async function explainNumbers(answered: Answered, { x: support }: Learnable): Promise<InputExplanation> {
  const size = sizeOf(answered.x.shape.slice(1));
  const width = Math.max(1, Math.ceil(size / MOST_NUMBERS));
  const mean = meanRow(support);
  const groups = Array.from({ length: Math.ceil(size / width) }, (_, i) => ({
    from: i * width,
    to: Math.min(size, (i + 1) * width),
  }));
  const masked = groups.map(({ from, to }) => {
    const row = Float32Array.from(answered.x.data);
    row.set(mean.subarray(from, to), from);
    return row;
  });
  const [whole = 0, ...others] = await answered.askRows(rowsOf(answered.x, [answered.x.data, ...masked]));
  const parts = groups.map(
    (group, i): NumbersPart => ({ ...group, contribution: whole - (others[i] ?? whole) }),
  );
  return { kind: 'tensor', parts };
}

function meanRow({ shape: [n = 1], data }: Tensor): Float32Array {
  const size = data.length / n;
  const mean = new Float32Array(size);
  for (let i = 0; i < data.length; i++) mean[i % size] = (mean[i % size] as number) + (data[i] as number) / n;
  return mean;
}

const rowsOf = ({ shape }: Tensor, rows: readonly Float32Array[]): Tensor =>
  stack(rows.map((data) => ({ shape: shape.slice(1), data })));
