import { median } from '../support/median.ts';
import type { Contender } from './contender.ts';
import type { Peer } from './peer.ts';

export interface Row {
  readonly name: string;
  readonly label: string;
  /** Milliseconds, median and best. */
  readonly ms: number;
  readonly best: number;
  readonly gflops: number;
  /** Our FLOP rate divided by that of a matrix product, which is measured in turn with our runs. */
  readonly share: number;
  readonly peerMs: number | null;
  /** Upper limit of `ratio`. */
  readonly bar?: number | undefined;
  /**
   * Our time divided by the peer's: the median over the rounds. In each round both are measured directly one after the
   * other.
   */
  readonly ratio: number | null;
  /** Median of each round. Ratios are computed from these medians. */
  readonly rounds: readonly number[];
  /** Our best time divided by the peer's best time. Other load on the machine disturbs this ratio least. */
  readonly bestRatio: number | null;
}

export interface Effort {
  readonly rounds: number;
  /** For each contender in each round. */
  readonly budgetMs: number;
}

/** Time of `row` divided by that of `other`, median over the rounds. */
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
 * Measures all contenders in turn, round after round. Other load on the machine then slows all contenders equally, so
 * ratios stay valid even if times do not.
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
