/** A call of the documentation page with the answer of a real service. */
export interface RecordedCall {
  readonly summary: string;
  /** The body: a JSON value, or a text if `requestType` says so. */
  readonly request?: unknown;
  /** Default: `application/json`. */
  readonly requestType?: string;
  /** `4XX`: what the service refuses. */
  readonly status: number | '4XX';
  /** The media type of the answer. */
  readonly type: string;
  readonly answer: unknown;
}

/** By operation and name. */
export type Recorded = Readonly<Record<string, Readonly<Record<string, RecordedCall>>>>;
