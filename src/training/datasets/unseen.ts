import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import { sizeOf } from '../../tensor.ts';
import type { DatasetContext } from './catalogue.ts';
import { type ContentClassSize, contentsClassesAt } from './contents/content-classes.ts';
import { allContents, encoderReader } from './contents/contents.ts';
import { type EpisodeSource, inRandomOrder } from './dataset.ts';

/**
 * Episodes of all classes of any data set that the package can read, prepared as the service prepares requests. The
 * caller must know that the package was not trained on it.
 * @throws InnerloopError `invalid_request` for a package that reads neither files nor texts
 */
export async function openUnseen(
  path: string,
  manifest: Manifest,
  context: DatasetContext,
): Promise<EpisodeSource> {
  const source = await sourceOf(path, manifest, context);
  return {
    ...source,
    sample(random, shape) {
      const { support, query } = source.sample(random, shape);
      return { support: inRandomOrder(support, random.fork('order')), query };
    },
  };
}

/** The classes of any data set that the package can read. @throws InnerloopError as `openUnseen` does */
export async function unseenClasses(
  path: string,
  manifest: Manifest,
  context: DatasetContext,
): Promise<readonly ContentClassSize[]> {
  const { preprocessing } = manifest.input;
  if (preprocessing.kind === 'image') return contentsClassesAt([path], 'image');
  if (preprocessing.kind !== 'encoder') throw readsNoFiles(manifest);
  const { kind } = await encoderReader(preprocessing, context);
  return contentsClassesAt([path], kind);
}

async function sourceOf(path: string, manifest: Manifest, context: DatasetContext) {
  const { input } = manifest;
  const { preprocessing } = input;
  if (preprocessing.kind === 'encoder') {
    const reader = await encoderReader(preprocessing, context);
    return allContents(path, reader.kind, [reader.width], reader, context);
  }
  if (preprocessing.kind === 'image') {
    const shape = input.shape.map(Number);
    const reader = {
      identity: JSON.stringify(preprocessing),
      width: sizeOf(shape),
      embed: ({ bytes }: { readonly bytes: Uint8Array }) => context.decoder.decode(bytes, preprocessing),
    };
    return allContents(path, 'image', shape, reader, context);
  }
  throw readsNoFiles(manifest);
}

function readsNoFiles({ name, input }: Manifest): InnerloopError {
  const reads = input.preprocessing.kind === 'row' ? 'rows' : `tensors [${input.shape.join(', ')}]`;
  const message = `Expected a package that reads pictures, texts or sounds, got ${name}, which reads ${reads}`;
  return new InnerloopError('invalid_request', message);
}
