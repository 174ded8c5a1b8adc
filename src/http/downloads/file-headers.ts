import type { Content } from '../../domain/content.ts';
import { formatAmong } from '../../domain/file-formats/format-of-file.ts';
import { pictureFormats } from '../../domain/file-formats/formats.ts';

interface FileType {
  readonly mediaType: string;
  /** The end of a name of such a file. */
  readonly ending: string;
}

const others: Readonly<Record<Exclude<Content['kind'], 'image'>, FileType>> = {
  text: { mediaType: 'text/plain; charset=utf-8', ending: '.txt' },
  row: { mediaType: 'application/json; charset=utf-8', ending: '.json' },
  audio: { mediaType: 'audio/wav', ending: '.wav' },
  tensor: { mediaType: 'application/octet-stream', ending: '.f32' },
};

/** The type of the file that holds a canonical content. */
export function fileTypeOf({ kind, bytes }: Content): FileType {
  if (kind !== 'image') return others[kind];
  const format = formatAmong(pictureFormats, bytes);
  return format ? { mediaType: format.mediaTypes[0], ending: format.endings[0] } : others.tensor;
}

/** Headers of an answer that is a file of the tenant: browsers save it and keep no copy of their own. */
export function fileHeaders(mediaType: string, name: string) {
  return {
    'content-type': mediaType,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'private, no-store',
  };
}
