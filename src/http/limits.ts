/** Limits that bound memory. Packages have tighter limits on examples, classes and steps. */
export interface Limits {
  /** Bytes of a decompressed body that is held in memory as a whole. */
  readonly bodyBytes: number;
  /** Bytes of a decompressed form, which is read part by part, and of an archive. */
  readonly formBytes: number;
  /** Bytes of the bodies of all requests in progress in one process. If no other request is in progress, a body may be larger. */
  readonly bodiesBytes: number;
  /** Predictions in progress in one process. */
  readonly predictions: number;
  /** A request must arrive in full within this time. Until then its declared size counts in `bodiesBytes`. */
  readonly arrivalMs: number;
  /** Requests of one tenant in one process that wait: event streams, `Prefer: wait`, tests of webhooks. */
  readonly waitingRequests: number;
  readonly fileBytes: number;
  readonly files: number;
}

/** The settings have these defaults too; `waitingRequests` has no setting. */
export const defaultLimits: Limits = Object.freeze({
  bodyBytes: 32 * 1024 * 1024,
  formBytes: 256 * 1024 * 1024,
  bodiesBytes: 256 * 1024 * 1024,
  predictions: 512,
  arrivalMs: 120_000,
  waitingRequests: 100,
  fileBytes: 20 * 1024 * 1024,
  files: 1024,
});

/** The headers of a request must arrive within this time, also if `arrivalMs` is longer: they are short. */
export const HEADERS_MS = 30_000;

/** Most characters of a name in a path, such as that of a task. */
export const MAX_PARAM_LENGTH = 256;

/** Limits that are part of the API's schemas. */
export const MAX_EXAMPLES = 10_000;
export const MAX_INPUTS = 4096;
/** Most numbers in one answer to a prediction. Writing a larger answer would block the event loop too long. */
export const MAX_ANSWER_NUMBERS = 2 ** 18;
/** The longest wait for `Prefer: wait`. A longer one is shortened to this. */
export const MAX_WAIT_SECONDS = 60;
