/** What one request may weigh. Packages bound examples, classes and steps more tightly; this bounds memory. */
export interface Limits {
  /** A body that is read as a whole, decompressed. */
  readonly bodyBytes: number;
  /** All parts of a form together, decompressed. It is read part by part. */
  readonly formBytes: number;
  /** The bodies of all requests under way in one process; a single one is taken all the same. */
  readonly bodiesBytes: number;
  /** Predictions under way in one process. */
  readonly predictions: number;
  /** For a request to arrive in full: until then its body counts, whether or not any of it comes. */
  readonly arrivalMs: number;
  /** Requests of one tenant in one process that follow adaptations: event streams, and those that wait. */
  readonly followers: number;
  readonly fileBytes: number;
  readonly files: number;
}

export const defaultLimits: Limits = Object.freeze({
  bodyBytes: 32 * 1024 * 1024,
  formBytes: 32 * 1024 * 1024,
  bodiesBytes: 256 * 1024 * 1024,
  predictions: 512,
  arrivalMs: 30_000,
  followers: 100,
  fileBytes: 8 * 1024 * 1024,
  files: 1024,
});

/** Caps that the schemas state. */
export const MAX_EXAMPLES = 10_000;
export const MAX_INPUTS = 4096;
/** Of one answer to a prediction: writing it holds up everyone else. */
export const MAX_ANSWER_NUMBERS = 2 ** 18;
/** The longest `Prefer: wait` that is honoured. */
export const MAX_WAIT_SECONDS = 60;
