/** The id of characters that are not in the vocabulary. */
export const UNKNOWN = 0;

/** A piece of the vocabulary and the logarithm of its probability. The id of a piece is its place. */
export type Piece = readonly [text: string, score: number];

interface TrieNode {
  readonly next: Map<string, TrieNode>;
  piece: { readonly score: number; readonly id: number } | null;
}

/**
 * Cuts a text into pieces: the segmentation whose scores have the largest sum (Viterbi). A run of unknown characters
 * becomes one `UNKNOWN`. Among equal sums the last piece begins as late as possible, as in the tokenizer that the encoder
 * was published with; other libraries choose otherwise, and cut `00000` differently. Time and memory are linear.
 *
 * @param reserved The number of ids at the start that no text has.
 * @see Kudo, Subword Regularization, ACL 2018, https://arxiv.org/abs/1804.10959, section 3.2.
 */
export function createUnigram(
  vocabulary: readonly Piece[],
  reserved: number,
): (text: string) => readonly number[] {
  const root = trieOf(vocabulary, reserved);
  return (text) => {
    const symbols = Array.from(text);
    /** Of the best segmentation up to each position: its score, and the start and the id of its last piece. */
    const best = new Float64Array(symbols.length + 1);
    const start = new Int32Array(symbols.length + 1);
    const id = new Int32Array(symbols.length + 1);
    const offer = (from: number, to: number, score: number, piece: number) => {
      // The original takes a score of 0 for "none yet". It matters where a text begins with a colon, whose score is 0.
      if (best[to] !== 0 && score < (best[to] as number)) return;
      best[to] = score;
      start[to] = from;
      id[to] = piece;
    };
    for (let from = 0; from < symbols.length; from++) {
      const before = best[from] as number;
      let node = root.next.get(symbols[from] as string);
      // Each character of a piece is a piece by itself, so no piece crosses an unknown character.
      if (!node?.piece) offer(from, from + 1, before, UNKNOWN);
      for (let to = from + 1; node; to++) {
        if (node.piece) offer(from, to, before + node.piece.score, node.piece.id);
        node = to < symbols.length ? node.next.get(symbols[to] as string) : undefined;
      }
    }
    const ids: number[] = [];
    for (let at = symbols.length; at > 0; at = start[at] as number)
      if (id[at] !== UNKNOWN || ids.at(-1) !== UNKNOWN) ids.push(id[at] as number);
    return ids.reverse();
  };
}

/** A piece that is listed twice has its last id. */
function trieOf(vocabulary: readonly Piece[], reserved: number): TrieNode {
  const root: TrieNode = { next: new Map(), piece: null };
  vocabulary.forEach(([text, score], id) => {
    if (id < reserved) return;
    let node = root;
    for (const symbol of text) {
      const next = node.next.get(symbol) ?? { next: new Map(), piece: null };
      node.next.set(symbol, next);
      node = next;
    }
    node.piece = { score, id };
  });
  return root;
}
