import type { Tokens } from '../../package/encoder/preparation.ts';
import type { Prepared } from '../../ports/content-decoder.ts';
import { tensor } from '../../tensor.ts';
import type { TokenEncoder } from './hugging-face.ts';
import { readPart, textWarning } from './text-parts.ts';

interface TokenInputs {
  readonly tokens: Tokens;
  readonly maxTokens: number;
  /** Whether every text has `maxTokens` positions; the rest is padding. */
  readonly isFixed: boolean;
}

/**
 * The inputs of an encoder that reads tokens, each [T]: ids with the special tokens of start and end, which stay when a text is
 * cut, then padding; the mask; and types, all 0. The values are whole numbers below 2²⁴, which float32 holds exactly.
 */
export function prepareTokens(
  text: string,
  { encode, before, after, unknown }: TokenEncoder,
  { tokens: { ids: name, mask, types, pad }, maxTokens, isFixed }: TokenInputs,
): Prepared {
  const read = readPart(text, maxTokens);
  const all = encode(read);
  const room = Math.max(0, maxTokens - before.length - after.length);
  const kept = [...before, ...all.slice(0, room), ...after].slice(0, maxTokens);
  // A run has at least one position. Its mask is 1: a mean over no token would divide by 0.
  const ids = kept.length > 0 ? kept : [pad];
  const length = isFixed ? maxTokens : ids.length;
  const row = (values: ArrayLike<number>, rest = 0) => {
    const data = new Float32Array(length).fill(rest, values.length);
    data.set(values);
    return tensor([length], data);
  };
  const isEmpty = text.trim() === '';
  const isCut = all.length > room || read.length < text.length;
  const unknowns = all.filter((id) => id === unknown).length;
  return {
    inputs: {
      [name]: row(ids, pad),
      ...(mask !== undefined && { [mask]: row(new Float32Array(ids.length).fill(1)) }),
      ...(types !== undefined && { [types]: row([]) }),
    },
    warnings: [
      ...(isEmpty ? [textWarning('empty_text', 'The text is empty')] : []),
      ...(isCut ? [textWarning('text_cut', `Only the first ${room} tokens of the text are read`)] : []),
      ...(all.length > 0 && 2 * unknowns >= all.length ? [textWarning('unknown_script', UNKNOWN)] : []),
    ],
  };
}

const UNKNOWN = "Most of the text is not in the encoder's vocabulary: it can hardly distinguish such texts";
