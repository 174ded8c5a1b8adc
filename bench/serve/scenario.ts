/** The quantities that can be measured, and how they are printed. */
export const quantities = {
  perSecond: { head: 'requests/s', digits: 1 },
  p50Ms: { head: 'p50 ms', digits: 2 },
  p99Ms: { head: 'p99 ms', digits: 2 },
  startMs: { head: 'ready after ms', digits: 0 },
  besidesPerSecond: { head: 'adaptations/s beside', digits: 1 },
  offeredPerSecond: { head: 'offered/s', digits: 1 },
  refusedPerSecond: { head: 'refused/s', digits: 1 },
  rssMb: { head: 'RSS MB', digits: 0 },
  growthPercent: { head: 'RSS growth %', digits: 1 },
  heapGrowthPercent: { head: 'heap growth %', digits: 1 },
  loopP99Ms: { head: 'loop delay p99 ms', digits: 1 },
} as const;
export type Quantity = keyof typeof quantities;

/** One measurement. Any error makes its row invalid. */
export interface Sample extends Readonly<Partial<Record<Quantity, number>>> {
  readonly errors: Readonly<Record<string, number>>;
}

/** One row of the table, or the reason why it is left out. */
export type Contender =
  | { readonly label: string; measure(seconds: number): Promise<Sample> }
  | { readonly label: string; readonly absent: string };

/** A goal for the medians of one or two rows. */
export interface Bar {
  readonly claim: string;
  readonly of: readonly string[];
  readonly value: (...rows: readonly Sample[]) => number;
  /** Null: the value is printed without a goal. */
  readonly bound: Bound | null;
  readonly unit: string;
}
export type Bound = { readonly atLeast: number } | { readonly atMost: number };

/** Registers a resource, which is disposed of when the scenario ends. */
export type Keep = <T extends AsyncDisposable>(resource: T) => T;

export interface Effort {
  readonly rounds: number;
  /** For each contender in each round. */
  readonly seconds: number;
}

export interface Options extends Effort {
  /** Path of the peer's program. */
  readonly peer: string;
  readonly tasks: number;
  readonly overloadSeconds: number;
  readonly soakSeconds: number;
}

export interface Opened {
  readonly contenders: readonly Contender[];
  readonly bars: readonly Bar[];
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly effort?: (options: Options) => Partial<Effort>;
  /** Starts the servers and returns the contenders. */
  open(options: Options, keep: Keep): Promise<Opened>;
}
