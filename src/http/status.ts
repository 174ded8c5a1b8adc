import type { ErrorCode } from '../errors.ts';

/** The HTTP status of every error code: the only place that knows both. */
export const statusOf: Readonly<Record<ErrorCode, number>> = Object.freeze({
  invalid_request: 400,
  invalid_input: 400,
  invalid_image: 400,
  invalid_settings: 400,
  invalid_support_set: 400,
  model_required: 400,
  not_found: 404,
  model_not_found: 404,
  task_not_found: 404,
  adaptation_not_found: 404,
  model_conflict: 409,
  task_not_adapted: 409,
  adaptation_ended: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unlearnable_support_set: 422,
  adaptation_diverged: 422,
  too_many_queued: 429,
  internal: 500,
  adaptation_failed: 500,
  invalid_package: 500,
  invalid_config: 500,
  invalid_recipe: 500,
  unavailable: 503,
});
