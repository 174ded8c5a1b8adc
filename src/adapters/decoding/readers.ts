import type { ContentReader } from './content-reader.ts';
import type { DecodingSettings, ReaderKind } from './messages.ts';

/**
 * The reader of each kind. A thread loads a reader's library when it gets the first content of that kind.
 * A new kind needs a line here and in `ReaderKind`.
 */
export const readers: Readonly<
  Partial<Record<ReaderKind, (settings: DecodingSettings) => Promise<ContentReader>>>
> = {
  image: async ({ pictures }) => {
    const { createImageReader } = await import('../sharp/image-reader.ts');
    return createImageReader(pictures);
  },
};
