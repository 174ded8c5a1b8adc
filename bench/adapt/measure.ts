import type { Contender } from './contender.ts';
import type { Peer } from './peer.ts';

export interface Row {
  readonly name: string;
  readonly label: string;
  /** Milliseconds, median and best. */
  readonly ms: number;
  readonly best: number;
  readonly gflops: number;
  /** Of what the machine's matrix product reached between the same runs. */
  readonly share: number;
  readonly peerMs: number | null;
  /** What `ratio` is to be at most. */
  readonly bar?: number | undefined;
  /** Our time to the peer's: median over the rounds, each comparing runs that were neighbours. */
  readonly ratio: number | null;
  /** Median of each round: what ratios are taken of. */
  readonly rounds: readonly number[];
  /** Best time to best time: the least disturbed. */
  readonly bestRatio: number | null;
}

export interface Effort {
  readonly rounds: number;
  /** For each party in each round. */
  readonly budgetMs: number;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Time of `row` to that of `other`, round by round. */
export function ratioOf(row: Row, other: Row): number {
  return median(row.rounds.map((ms, round) => ms / (other.rounds[round] ?? Number.NaN)));
}

async function timesOf({ run }: Pick<Contender, 'run'>, budgetMs: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + budgetMs;
  while (times.length === 0 || performance.now() < end) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times;
}

/**
 * Everyone in turns, round after round: what else the machine does then slows all alike, and ratios hold where
 * times do not.
 */
export async function measure(
  name: string,
  contenders: readonly Contender[],
  product: Contender,
  peer: Peer | null,
  { rounds, budgetMs }: Effort,
): Promise<readonly Row[]> {
  for (const { run } of contenders) for (let i = 0; i < 3; i++) await run();
  const ours = contenders.map(() => [] as number[][]);
  const theirs: (readonly number[])[] = [];
  const products: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (peer) theirs.push(await peer.times(budgetMs));
    for (const [i, contender] of contenders.entries()) ours[i]?.push(await timesOf(contender, budgetMs));
    products.push(...(await timesOf(product, budgetMs / 5)));
  }
  return contenders.map(({ label, flops }, i) => {
    const times = ours[i] ?? [];
    const [ms, best] = [median(times.flat()), Math.min(...times.flat())];
    return {
      name,
      label,
      ms,
      best,
      gflops: flops / ms / 1e6,
      share: flops / ms / (product.flops / median(products)),
      peerMs: peer ? median(theirs.flat()) : null,
      rounds: times.map(median),
      ratio: peer ? median(times.map((each, r) => median(each) / median(theirs[r] ?? []))) : null,
      bestRatio: peer ? best / Math.min(...theirs.flat()) : null,
    };
  });
}
