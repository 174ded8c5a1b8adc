import type { ErrorCode } from '../../../errors.ts';

/** When each error occurs, and what its caller can do. A new code does not compile until it has a text here. */
export const errorMeanings: Readonly<Record<ErrorCode, readonly [when: string, next: string]>> = {
  invalid_request: [
    'The body, the query or a header does not fit the description of the API.',
    'Correct the member that `pointer` names.',
  ],
  invalid_input: [
    'An input is of another kind or shape than the package reads.',
    'Send what `expected` names, or name a package that reads this kind.',
  ],
  invalid_image: [
    'A file is not a picture of a supported format, or is broken, too large or empty.',
    'Send PNG, JPEG or WebP.',
  ],
  invalid_audio: [
    'A file is not a sound of a supported format, or is broken, too long or silent.',
    'Send WAV, FLAC, MP3 or OGG (Vorbis, Opus or FLAC).',
  ],
  invalid_settings: [
    'A setting is outside the limits of the package.',
    'Choose a value within the limits in `expected`; `GET /models/{name}` lists them.',
  ],
  invalid_support_set: [
    'The examples do not fit together: too few or too many examples or labels, or mixed kinds.',
    'Change the examples as the message says.',
  ],
  unlearnable_support_set: [
    'Nothing can be learnt from these examples, for example because all have one label.',
    'Add examples of a second label, or columns that differ.',
  ],
  payload_too_large: [
    'The body, a file, a text or a table is larger than its limit.',
    'Send less, or in several calls with `"mode": "append"`.',
  ],
  headers_too_large: ['The headers are larger than the limit of the server.', 'Send shorter headers.'],
  request_timeout: [
    'The request did not arrive completely within `MAX_ARRIVAL_MS`, or its headers did not arrive within 30 seconds.',
    'Send it again, on a faster line or in parts.',
  ],
  unsupported_media_type: [
    'The route does not read bodies of this `Content-Type`.',
    'Use a type that `expected` names.',
  ],
  unauthorized: ['The call has no key, or a wrong or revoked one.', 'Send `Authorization: Bearer il_…`.'],
  forbidden: [
    'The service has no keys yet, and the request does not come from this machine.',
    'Create a key: `innerloop keys create <tenant>`.',
  ],
  insufficient_scope: ['The key may not do this.', 'Use a key with the scope that `expected` names.'],
  quota_exceeded: [
    'The tenant has reached a limit of tasks, examples, bytes or webhooks.',
    'Delete something, or ask the operator for a higher limit.',
  ],
  rate_limited: [
    'The tenant or the address has sent too many requests in this minute.',
    'Wait for the seconds of `Retry-After`.',
  ],
  not_found: ['There is no such route, or no such part of a task.', 'Compare the path with `/docs`.'],
  method_not_allowed: ['The path exists, but not with this method.', 'Use a method of the header `Allow`.'],
  model_not_found: ['There is no package of this name and version.', 'Choose one of `GET /models`.'],
  model_required: [
    'A new task needs a package, and it cannot be chosen by the kind of the examples.',
    'Name one with `model`.',
  ],
  model_conflict: [
    'The task already uses another package.',
    'Leave `model` out, use another task, or `POST /tasks/{task}/readapt`.',
  ],
  encoder_missing: [
    'The package reads features of an encoder that this server does not have.',
    'The operator runs `innerloop encoders get <name>` and starts the server again.',
  ],
  task_not_found: ['The tenant has no task of this name.', 'Create it with `POST /tasks/{task}/adapt`.'],
  task_not_adapted: [
    'The task has no successful adaptation yet.',
    'Adapt it, or wait until its adaptation has ended.',
  ],
  adaptation_not_found: [
    'The task has no adaptation of this id.',
    'List them: `GET /tasks/{task}/adaptations`.',
  ],
  example_not_found: ['The task has no example of this id.', 'List them: `GET /tasks/{task}/examples`.'],
  prediction_not_found: [
    'The task has no prediction of this id.',
    'Send the id that `predict` answered for this task.',
  ],
  prediction_not_kept: [
    'The prediction was not kept, or its time is over.',
    'Keep predictions with `keep` of `PUT /tasks/{task}`; send feedback with the input instead of the id.',
  ],
  webhook_not_found: ['The tenant has no webhook of this id.', 'List them: `GET /webhooks`.'],
  webhooks_not_configured: [
    'The server has no key that encrypts the secrets of webhooks.',
    'The operator sets `WEBHOOK_KEY`.',
  ],
  task_not_monitored: [
    'The task does not store features of its inputs, so drift cannot be measured.',
    'Set `"monitor": true` with `PUT /tasks/{task}`.',
  ],
  idempotency_key_reused: [
    'The same `Idempotency-Key` came with another body.',
    'Use a new key for a new request.',
  ],
  adaptation_not_succeeded: [
    'The adaptation that the call names has not succeeded.',
    'Name one with the status `succeeded`.',
  ],
  examples_not_readable: [
    'The examples of the task were sent in a form that the new package cannot read.',
    'Send the examples again to a task of that package.',
  ],
  adaptation_ended: [
    'The adaptation has ended, so that it cannot be cancelled.',
    'Nothing: read its result.',
  ],
  adaptation_erased: ['An example that the adaptation learnt from was erased.', 'Adapt again without it.'],
  adaptation_diverged: [
    'The loss became infinite or not a number during the steps.',
    'Use a smaller `rate` or fewer `steps`.',
  ],
  adaptation_failed: [
    'The run failed for a reason inside the service.',
    'Try again; the log of the worker process has the reason.',
  ],
  too_many_queued: [
    'Too many adaptations or requests of the tenant are waiting.',
    'Wait for the seconds of `Retry-After`.',
  ],
  unavailable: [
    'The service is overloaded, is stopping, or cannot reach its store.',
    'Wait for the seconds of `Retry-After`, then send the same request again.',
  ],
  invalid_package: ['A package or an encoder on the server is broken.', 'The operator reads the log.'],
  invalid_config: [
    'A setting of the server is wrong. It ends the start, or a command.',
    'Correct the variable that the message names.',
  ],
  invalid_recipe: [
    'A recipe, its data or an option of training is wrong. It ends a command.',
    'Correct the member that the message names.',
  ],
  internal: ['The service has failed.', 'Report the request id: the log has the reason under it.'],
};
