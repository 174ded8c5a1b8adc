import type { Warning } from '../../domain/warning.ts';

/** A text with fewer characters per token than this is tokenized as far as `maxTokens`. */
const CHARACTERS_PER_TOKEN = 64;

/** The part of a text that is tokenized. */
export function readPart(text: string, maxTokens: number): string {
  return text.slice(0, maxTokens * CHARACTERS_PER_TOKEN);
}

export const textWarning = (code: string, detail: string): Warning => ({ code, pointer: '', detail });
