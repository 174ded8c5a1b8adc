import { Type } from 'typebox';
import { defaultLimits } from '../http/limits.ts';

const MiB = 1024 * 1024;

/** The settings that limit what one tenant may keep and what one request or process may take. */
export const limits = {
  MAX_QUEUED: Type.Integer({
    minimum: 1,
    default: 1000,
    description:
      'Maximum number of adaptations of one tenant that wait or run. Beyond it, requests are refused with 429.',
  }),
  MAX_TASKS: Type.Integer({
    minimum: 1,
    default: 100_000,
    description: 'Maximum number of tasks of one tenant.',
  }),
  MAX_STORED_EXAMPLES: Type.Integer({
    minimum: 1,
    default: 10_000_000,
    description: 'Maximum number of examples in all support sets of one tenant.',
  }),
  MAX_STORED_BYTES: Type.Integer({
    minimum: MiB,
    default: 10 * 1024 * MiB,
    description:
      'Maximum bytes of one tenant: its support sets, features, kept predictions and inputs kept for drift; as JSON, also its metadata, its idempotency keys, and its adaptation records without losses and reports.',
  }),
  MAX_BODY_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 512 * MiB,
    default: defaultLimits.bodyBytes,
    description:
      'Maximum bytes of a body of JSON, CSV, NDJSON or binary tensors. A compressed body is counted after decompression.',
  }),
  MAX_FORM_BYTES: Type.Integer({
    minimum: 1024,
    default: defaultLimits.formBytes,
    description:
      'Maximum bytes of a form with all its parts, and of a ZIP archive, also after it is unpacked. A form is read and decoded part by part, so it may be larger than the memory that it needs.',
  }),
  MAX_FILE_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 512 * MiB,
    default: defaultLimits.fileBytes,
    description:
      'Maximum bytes of a file in a form or an archive, and of a body that is one file or text. In MAX_BODIES_BYTES, a form counts with its `Content-Length`, but at most with three times this number. A compressed form, or one of unknown length, counts with three times this number.',
  }),
  MAX_FILES: Type.Integer({
    minimum: 1,
    default: defaultLimits.files,
    description: 'Maximum number of files in one form.',
  }),
  MAX_ARRIVAL_MS: Type.Integer({
    minimum: 1000,
    default: defaultLimits.arrivalMs,
    description:
      'Maximum time for a whole request to arrive; its headers must arrive within 30 s. Later, it is refused with 408. A form of 100 MB needs 7 Mbit/s to arrive in 2 minutes.',
  }),
  MAX_BODIES_BYTES: Type.Integer({
    minimum: 1024,
    default: defaultLimits.bodiesBytes,
    description:
      'Maximum bytes of the bodies of all requests in progress in one process. A tenant with keys may use a quarter. Beyond it, requests are refused with 503. Decoded bodies take several times as much memory.',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 0,
    default: 0,
    description:
      'Maximum number of open connections of one process. Further connections are closed at once, and the log warns of it, at most once a minute. If this is 0 or too large, the limit is about three quarters of the free file descriptors (`ulimit -n`).',
  }),
  MAX_JPEG_PIXELS: Type.Integer({
    minimum: 1,
    default: 64 * MiB,
    description:
      'Maximum pixels (width × height) of one JPEG that is not progressive. Cameras write such files, and they can be reduced while they are decoded.',
  }),
  MAX_PICTURE_PIXELS: Type.Integer({
    minimum: 1,
    default: 16 * MiB,
    description: 'Maximum pixels of one other picture: PNG, WebP or progressive JPEG.',
  }),
  MAX_AUDIO_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 600,
    default: 30,
    description: 'Maximum length of one sound.',
  }),
  MAX_TEXT_BYTES: Type.Integer({
    minimum: 1,
    default: 100_000,
    description: 'Maximum bytes of one text in UTF-8.',
  }),
  MAX_REQUEST_PIXELS: Type.Integer({
    minimum: 1,
    default: 128 * MiB,
    description:
      'Maximum pixels of all pictures of one request together. Pixels of a JPEG that is reduced while it is decoded count for less, down to an eighth.',
  }),
  MAX_PREDICTIONS: Type.Integer({
    minimum: 1,
    default: defaultLimits.predictions,
    description:
      'Maximum number of predictions in progress in one process. A tenant with keys may use a quarter. Beyond it, requests are refused with 503. One core answers the default number in about a tenth of a second.',
  }),
  RATE_LIMIT: Type.Integer({
    minimum: 0,
    default: 6000,
    description:
      'Maximum number of requests of one tenant per minute. 0: no limit. Requests without a key are not counted.',
  }),
};
