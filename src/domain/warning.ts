/** Something about an input that did not prevent an answer, but that the caller should know. */
export interface Warning {
  /** Stable name in snake_case, such as `text_cut`. */
  readonly code: string;
  /** JSON pointer, relative to the input; the service puts the place of the input before it. */
  readonly pointer: string;
  readonly detail: string;
}

/** What inputs that show nothing are, by the code of their warning. They cannot be examples; predictions are answered. */
const NOTHING: Readonly<Record<string, string>> = {
  blank_image: 'a picture of one colour',
  silent_audio: 'silence',
  empty_text: 'an empty text',
};

/** What the input is, if a warning says that it shows nothing. */
export function nothingIn(warnings: readonly Warning[]): string | undefined {
  return warnings.map(({ code }) => NOTHING[code]).find((each) => each !== undefined);
}

/** The warnings of both lists, in order. The same warning can come from the canonical form and from its preparation. */
export function joinWarnings(first: readonly Warning[], then: readonly Warning[]): readonly Warning[] {
  const isNew = ({ code, pointer }: Warning) =>
    !first.some((known) => known.code === code && known.pointer === pointer);
  return [...first, ...then.filter(isNew)];
}
