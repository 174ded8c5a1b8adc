import type { ContentReader, ImageReader } from './content-reader.ts';
import type { DecodingSettings } from './messages.ts';

/** The reader of each kind of content. It is loaded, with its library, for the first content of that kind. */
export interface Readers {
  readonly text?: () => Promise<ContentReader>;
  readonly image: () => Promise<ImageReader>;
  readonly audio?: () => Promise<ContentReader>;
}

export function readersFor({ pictures }: DecodingSettings): Readers {
  return {
    async image() {
      const { createImageReader } = await import('../sharp/image-reader.ts');
      return createImageReader(pictures);
    },
  };
}
