import type { ContentReader, ImageReader } from './content-reader.ts';
import type { DecodingSettings } from './messages.ts';

/** The reader of each kind of content. It is loaded, with its library, for the first content of that kind. */
export interface Readers {
  text(): Promise<ContentReader>;
  image(): Promise<ImageReader>;
  audio(): Promise<ContentReader>;
}

export function readersFor({ pictures, texts, sounds }: DecodingSettings): Readers {
  return {
    async text() {
      const { createTextReader } = await import('../text/text-reader.ts');
      return createTextReader(texts);
    },
    async image() {
      const { createImageReader } = await import('../sharp/image-reader.ts');
      return createImageReader(pictures);
    },
    async audio() {
      const { createAudioReader } = await import('../audio/audio-reader.ts');
      return createAudioReader(sounds);
    },
  };
}
