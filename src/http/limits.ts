/** Limits that bound memory. The limits of packages on examples, classes and steps are tighter. */
export interface Limits {
  /** A body that is read as a whole, decompressed. */
  readonly bodyBytes: number;
  /** All parts of a form together, decompressed. It is read part by part. */
  readonly formBytes: number;
  /** The bodies of all requests in progress in one process. A body that comes alone may be larger. */
  readonly bodiesBytes: number;
  /** Predictions in progress in one process. */
  readonly predictions: number;
  /** The time for a request to arrive in full. Until then its body counts, even if nothing of it comes. */
  readonly arrivalMs: number;
  /** Requests of one tenant in one process that follow adaptations: event streams and `Prefer: wait`. */
  readonly followers: number;
  readonly fileBytes: number;
  readonly files: number;
}

export const defaultLimits: Limits = Object.freeze({
  bodyBytes: 32 * 1024 * 1024,
  formBytes: 256 * 1024 * 1024,
  bodiesBytes: 256 * 1024 * 1024,
  predictions: 512,
  arrivalMs: 30_000,
  followers: 100,
  fileBytes: 20 * 1024 * 1024,
  files: 1024,
});

/** Limits that the schemas state. */
export const MAX_EXAMPLES = 10_000;
export const MAX_INPUTS = 4096;
/** Numbers in one answer to a prediction: writing it blocks the event loop. */
export const MAX_ANSWER_NUMBERS = 2 ** 18;
/** The longest time for `Prefer: wait`; a longer one is shortened to it. */
export const MAX_WAIT_SECONDS = 60;
