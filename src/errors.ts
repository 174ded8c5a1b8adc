/**
 * Codes of all errors. They are public and stable: a retired code is never used again. `src/http/errors/status.ts` maps
 * each code to its HTTP status.
 */
export type ErrorCode =
  | 'invalid_request'
  | 'invalid_input'
  | 'invalid_image'
  | 'invalid_audio'
  | 'invalid_settings'
  | 'invalid_support_set'
  | 'unlearnable_support_set'
  | 'payload_too_large'
  | 'headers_too_large'
  | 'request_timeout'
  | 'unsupported_media_type'
  | 'unauthorized'
  | 'forbidden'
  | 'insufficient_scope'
  | 'quota_exceeded'
  | 'rate_limited'
  | 'not_found'
  | 'method_not_allowed'
  | 'model_not_found'
  | 'model_required'
  | 'model_conflict'
  | 'encoder_missing'
  | 'task_not_found'
  | 'task_not_adapted'
  | 'task_not_monitored'
  | 'adaptation_not_found'
  | 'example_not_found'
  | 'prediction_not_found'
  | 'prediction_not_kept'
  | 'webhook_not_found'
  | 'webhooks_not_configured'
  | 'idempotency_key_reused'
  | 'adaptation_not_succeeded'
  | 'examples_not_readable'
  | 'adaptation_ended'
  | 'adaptation_erased'
  | 'adaptation_diverged'
  | 'adaptation_failed'
  | 'too_many_queued'
  | 'unavailable'
  | 'invalid_package'
  | 'invalid_config'
  | 'invalid_recipe'
  | 'internal';

export interface ErrorDetails {
  /**
   * Number of the example or input of the request that caused the error, from 0. HTTP turns it into a JSON pointer, or
   * into the name of the form's part.
   */
  readonly item?: number;
  /** JSON pointer (RFC 6901) to the invalid member, e.g. `/settings/steps`. With `item`, it starts at that item. */
  readonly pointer?: string;
  readonly expected?: string;
  readonly got?: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The only error class. The message is for the caller: it names the field, the expected value and the given value. */
export class InnerloopError extends Error {
  override readonly name = 'InnerloopError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** Whether the error is temporary: a part that the operation needs cannot be reached, so a retry may succeed. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof InnerloopError && error.code === 'unavailable';
}

/** For `catch`: answers null for a temporary error (see `isUnavailable`), and rethrows any other error. */
export function nullIfUnavailable(error: unknown): null {
  if (isUnavailable(error)) return null;
  throw error;
}
