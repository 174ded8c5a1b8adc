import { createHash } from 'node:crypto';

/** Which players take part, one flag each. */
export type Coalition = readonly boolean[];

/** With up to this many players, all 2ⁿ coalitions are asked: 256. */
const MOST_EXACT = 8;
/** Else, this many random orders and their reverses. */
const ORDERS = 24;

/**
 * The Shapley value of each of n players: what it adds to `worth`, on the mean over all orders in which players can join. The
 * values sum to worth(all) − worth(none). With more than eight players the mean is over random orders, which `seed` chooses, and
 * the sum stays exact.
 *
 * @param worth asked once, with all coalitions that are needed; answers a number for each
 * @see Štrumbelj & Kononenko, JMLR 11, 2010, §3.2 (sampling); Mitchell et al., JMLR 23, 2022, https://arxiv.org/abs/2104.12199
 * (each order with its reverse)
 */
export async function shapleyValues(
  n: number,
  seed: string,
  worth: (coalitions: readonly Coalition[]) => Promise<ArrayLike<number>>,
): Promise<{ readonly base: number; readonly values: readonly number[] }> {
  const asked = new Map<string, Coalition>();
  const keyOf = (coalition: Coalition) => coalition.map(Number).join('');
  const ask = (coalition: Coalition) => void asked.set(keyOf(coalition), coalition);
  const steps = n <= MOST_EXACT ? exactSteps(n) : sampledSteps(n, seed);
  ask(Array.from({ length: n }, () => false));
  for (const { without, player } of steps) {
    ask(without);
    ask(without.with(player, true));
  }
  const coalitions = [...asked.values()];
  const worths = await worth(coalitions);
  const worthOf = new Map(coalitions.map((each, i) => [keyOf(each), worths[i] as number]));
  const at = (coalition: Coalition) => worthOf.get(keyOf(coalition)) as number;
  const values = Array.from({ length: n }, () => 0);
  for (const { without, player, weight } of steps)
    values[player] = (values[player] as number) + weight * (at(without.with(player, true)) - at(without));
  return { base: at(Array.from({ length: n }, () => false)), values };
}

interface Step {
  readonly without: Coalition;
  readonly player: number;
  readonly weight: number;
}

/** Each player joins each coalition of others of size s with weight s! (n − s − 1)! / n!. */
function exactSteps(n: number): readonly Step[] {
  const weights = Array.from({ length: n }, (_, size) => 1 / (n * binomial(n - 1, size)));
  return Array.from({ length: n }, (_, player) =>
    Array.from({ length: 2 ** n }, (_, bits) => Array.from({ length: n }, (_, i) => (bits & (1 << i)) !== 0))
      .filter((members) => !members[player])
      .map((without): Step => {
        const size = without.filter(Boolean).length;
        return { without, player, weight: weights[size] as number };
      }),
  ).flat();
}

function sampledSteps(n: number, seed: string): readonly Step[] {
  const orders = Array.from({ length: ORDERS }, (_, i) => {
    const order = orderOf(n, `${seed}/${i}`);
    return [order, order.toReversed()];
  }).flat();
  return orders.flatMap((order) => {
    let members: Coalition = Array.from({ length: n }, () => false);
    return order.map((player): Step => {
      const without = members;
      members = members.with(player, true);
      return { without, player, weight: 1 / orders.length };
    });
  });
}

/** A random order of 0…n−1: by the hash of each with the seed. */
function orderOf(n: number, seed: string): readonly number[] {
  const keys = Array.from({ length: n }, (_, i) => createHash('sha256').update(`${seed}/${i}`).digest('hex'));
  return keys.map((_, i) => i).toSorted((a, b) => ((keys[a] as string) < (keys[b] as string) ? -1 : 1));
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}
