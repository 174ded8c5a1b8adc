import type { Content } from '../../domain/content.ts';

interface FileType {
  readonly mediaType: string;
  /** The end of a name of such a file. */
  readonly extension: string;
}

/** Canonical pictures are in one of these formats; the first bytes tell which. */
const pictures: readonly (readonly [start: string, FileType])[] = [
  ['89504e47', { mediaType: 'image/png', extension: 'png' }],
  ['ffd8ff', { mediaType: 'image/jpeg', extension: 'jpg' }],
  ['52494646', { mediaType: 'image/webp', extension: 'webp' }],
];

const others: Readonly<Record<Exclude<Content['kind'], 'image'>, FileType>> = {
  text: { mediaType: 'text/plain; charset=utf-8', extension: 'txt' },
  row: { mediaType: 'application/json; charset=utf-8', extension: 'json' },
  audio: { mediaType: 'audio/wav', extension: 'wav' },
  tensor: { mediaType: 'application/octet-stream', extension: 'f32' },
};

/** The type of the file that holds a canonical content. */
export function fileTypeOf({ kind, bytes }: Content): FileType {
  if (kind !== 'image') return others[kind];
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  return pictures.find(([first]) => start.startsWith(first))?.[1] ?? others.tensor;
}

/** Headers of an answer that is a file of the tenant: browsers save it and keep no copy of their own. */
export function fileHeaders(mediaType: string, name: string) {
  return {
    'content-type': mediaType,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'private, no-store',
  };
}
