/** A Redis of a test's own. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Again, on the same port and data. Resolves when it answers. */
  start(): Promise<void>;
  /** It accepts connections and does not answer. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** Starts an empty Redis; `options` as on its command line. Without any it appends to a file, as ours should. */
export type StartRedis = (options?: readonly string[]) => Promise<TestRedis>;

/** How to start one with just these options, or why that cannot be. */
export type RedisSource = ((options: readonly string[]) => Promise<TestRedis>) | string;
