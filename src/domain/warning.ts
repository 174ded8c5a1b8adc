/** Something about an input that did not prevent an answer, but that the caller should know. */
export interface Warning {
  /** Stable name in snake_case, such as `text_cut`. */
  readonly code: string;
  /** JSON pointer, relative to the input; the service puts the place of the input before it. */
  readonly pointer: string;
  readonly detail: string;
}
