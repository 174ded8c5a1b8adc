/** A text with words of others, such as names in their models, without characters that a terminal obeys. */
export const withoutControls = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
