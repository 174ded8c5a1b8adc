import type { Content } from '../../domain/content.ts';
import { tensorContent } from '../../domain/tensor-content.ts';
import { nothingIn, type Warning } from '../../domain/warning.ts';
import type { ContentDecoder, DecodedContent, DecodeLimits } from '../../ports/content-decoder.ts';
import { contentOf, isFileName } from './content.ts';
import type { InputSpec } from './input-spec.ts';
import { invalidInput } from './invalid-input.ts';
import type { DecodeInput, RawInput } from './raw-input.ts';

/**
 * Reads one example's input as the store keeps it. Packages without an encoder store the tensor that their network reads.
 * @throws InnerloopError `invalid_input`, `invalid_image`, `invalid_audio`; also for an input that shows nothing
 */
export type ReadCanonical = (raw: RawInput, spec: InputSpec, limits: DecodeLimits) => Promise<DecodedContent>;

interface Parts {
  readonly decodeInput: DecodeInput;
  readonly decoder: Pick<ContentDecoder, 'canonical'>;
}

export function createReadCanonical({ decodeInput, decoder }: Parts): ReadCanonical {
  return async (raw, spec, limits) => {
    if (!spec.encoder && spec.reads !== 'row') {
      return { content: tensorContent(await decodeInput(raw, spec, limits.take)), warnings: [] };
    }
    const content = contentOf(raw, spec);
    if (!spec.encoder || content.kind === 'tensor') return { content, warnings: [] };
    const isBlank = content.kind === 'text' && Buffer.from(content.bytes).toString().trim() === '';
    const decoded = await decoder.canonical(content, limits);
    const isEmptyFile = raw.kind === 'file' && raw.file.length === 0;
    const nothing = isEmptyFile ? 'an empty file' : isBlank ? 'an empty text' : nothingIn(decoded.warnings);
    if (nothing !== undefined) throw invalidInput('', 'an example that shows something', nothing);
    return { ...decoded, warnings: [...decoded.warnings, ...warningsOf(content)] };
  };
}

function warningsOf({ kind, bytes }: Content): readonly Warning[] {
  if (kind !== 'text' || !isFileName(Buffer.from(bytes).toString())) return [];
  const detail =
    'The text looks like the name of a file. It is learnt as a text, because the file itself was not sent. curl sends files with @: -F label=@photo.jpg';
  return [{ code: 'name_of_file', pointer: '', detail }];
}
