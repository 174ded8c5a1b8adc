import { Builder } from './network-builder.ts';

/** Numbers of a token, and ids. */
export const [SIZE, VOCABULARY] = [8, 50];
const NAMES = ['input_ids', 'attention_mask'];
const info = (name: string, shape: readonly (number | string)[], elementType = 7) => ({
  name,
  elementType,
  shape,
});

/** A network of texts: `make` makes [batch, tokens, 8] or [batch, 8] of the embedded words. `length`: of its inputs. */
export function textNetwork(
  make: (b: Builder, words: string) => string,
  {
    names = NAMES,
    length = 'sequence' as number | string,
    result = 'last_hidden_state',
    vocabulary = VOCABULARY,
  } = {},
): Uint8Array {
  const b = new Builder(21);
  const words = b.node('Gather', [b.weights(vocabulary, SIZE), 'input_ids'], { axis: 0 });
  b.node('Identity', [make(b, words)], {}, result);
  const inputs = names.map((name) => info(name, ['batch', length]));
  return b.finish(inputs, [info(result, [], 1)], 17);
}

/** [batch, 1, 1, tokens], −10,000 where a token is padding. */
export const attentionMask = (b: Builder) => {
  const wide = b.node('Cast', [b.node('Unsqueeze', ['attention_mask', b.ints(1, 2)])], { to: 1 });
  return b.node('Mul', [b.node('Sub', [b.scalar(1), wide]), b.scalar(-10_000)]);
};

/** 0, 1, … tokens − 1 */
export const places = (b: Builder) =>
  b.node('Range', [b.int(0), b.node('Squeeze', [b.dimension('input_ids', 1), b.ints(0)]), b.int(1)]);

/** A bias of attention for each distance of two tokens. */
export const relative = (b: Builder, words: string) => {
  const [across, down] = [0, 1].map((axis) => b.node('Unsqueeze', [places(b), b.ints(axis)]));
  const distance = b.node('Abs', [b.node('Sub', [across ?? '', down ?? ''])]);
  const bias = b.node('Gather', [b.weights(24), distance], { axis: 0 });
  return b.block(words, SIZE, b.node('Add', [attentionMask(b), bias]));
};

/** A mask for each pair of tokens [batch, 1, tokens, tokens], expanded and filled as newer exporters write it. */
export const pairs = (b: Builder, words: string) => {
  const [batch, tokens] = [0, 1].map((axis) => b.dimension('input_ids', axis)) as [string, string];
  const shape = b.node('Concat', [batch, b.ints(1), tokens, tokens], { axis: 0 });
  const wide = b.node('Expand', [b.node('Unsqueeze', ['attention_mask', b.ints(1, 2)]), shape]);
  const inverse = b.node('Sub', [b.scalar(1), b.node('Cast', [wide], { to: 1 })]);
  const isPadding = b.node('Cast', [inverse], { to: 9 });
  return b.block(words, SIZE, b.node('Where', [isPadding, b.scalar(-3.4e38), inverse]));
};

/** Positions that count the tokens that are not padding, as RoBERTa's do. */
export const counted = (b: Builder, words: string) => {
  const isPadding = b.node('Equal', ['input_ids', b.int(3)]);
  const tokens = b.node('Cast', [b.node('Not', [isPadding])], { to: 7 });
  const positions = b.node('Add', [b.node('Mul', [b.node('CumSum', [tokens, b.int(1)]), tokens]), b.int(3)]);
  const sum = b.node('Add', [words, b.node('Gather', [b.weights(40, SIZE), positions], { axis: 0 })]);
  return b.block(sum, SIZE, attentionMask(b));
};

/** Tokens turned by angles of their places. */
export const rotated = (b: Builder, words: string) => {
  const columns = b.node('Unsqueeze', [b.node('Cast', [places(b)], { to: 1 }), b.ints(1)]);
  const angles = b.node('Mul', [
    columns,
    b.constant({ shape: [1, SIZE], numbers: [1, 2, 3, 4, 1, 2, 3, 4] }),
  ]);
  const half = (from: number, to: number) => b.node('Slice', [words, b.ints(from), b.ints(to), b.ints(2)]);
  const turned = b.node('Concat', [b.node('Neg', [half(4, 8)]), half(0, 4)], { axis: -1 });
  const [cos, sin] = ['Cos', 'Sin'].map((op) => b.node(op, [angles])) as [string, string];
  const sum = b.node('Add', [b.node('Mul', [words, cos]), b.node('Mul', [turned, sin])]);
  return b.block(sum, SIZE, attentionMask(b));
};
