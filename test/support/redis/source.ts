/** A Redis that only one test uses. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. Resolves when it answers. */
  start(): Promise<void>;
  /** Stops it: it accepts connections but does not answer. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** Starts an empty Redis. `options` are as on its command line. Default: an append-only file, as in our deployments. */
export type StartRedis = (options?: readonly string[]) => Promise<TestRedis>;

/** How to start a Redis from this source, or why that is not possible. */
export type RedisSource = ((options: readonly string[]) => Promise<TestRedis>) | string;
