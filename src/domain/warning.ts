/** Something about an input that did not prevent an answer, but that the caller should know. */
export interface Warning {
  /** Stable name in snake_case, such as `text_cut`. */
  readonly code: string;
  /** JSON pointer, relative to the input; the service puts the place of the input before it. */
  readonly pointer: string;
  readonly detail: string;
}

/**
 * Codes of inputs that show nothing: a picture of one colour, silence, a text without a letter or digit. They cannot be
 * examples; a prediction is answered with the warning.
 */
const SHOWS_NOTHING: readonly string[] = ['blank_image', 'silent_audio', 'empty_text'];

export function showsNothing({ code }: Warning): boolean {
  return SHOWS_NOTHING.includes(code);
}
