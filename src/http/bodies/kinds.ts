import { pictureFormats, soundFormats } from '../../domain/file-formats/formats.ts';
import type { Limits } from '../limits.ts';

/** A kind of body. */
export interface BodyKind {
  /** Its media type, as descriptions and errors name it, then other names that callers give it. */
  readonly types: readonly [string, ...string[]];
  /** The limit of its size, and the setting that changes it. */
  readonly limit: keyof Limits;
  readonly setting: string;
  /** Whether only a few parts of it are in memory at a time. */
  readonly inParts: boolean;
}

const WHOLE = { limit: 'bodyBytes', setting: 'MAX_BODY_BYTES', inParts: false } as const;
/** Of many files, which are decoded one by one, so it may be larger. */
const FILES = { limit: 'formBytes', setting: 'MAX_FORM_BYTES', inParts: false } as const;
const ONE = { limit: 'fileBytes', setting: 'MAX_FILE_BYTES', inParts: false } as const;

export const bodyKinds = {
  json: { types: ['application/json'], ...WHOLE },
  form: { types: ['multipart/form-data'], ...FILES, inParts: true },
  // The reader finds the delimiter itself.
  csv: { types: ['text/csv', 'text/tab-separated-values'], ...WHOLE },
  ndjson: {
    types: [
      'application/x-ndjson',
      'application/ndjson',
      'application/jsonl',
      'application/jsonlines',
      'application/x-jsonlines',
    ],
    ...WHOLE,
  },
  archive: { types: ['application/zip', 'application/x-zip-compressed'], ...FILES },
  text: { types: ['text/plain'], ...ONE },
} as const satisfies Readonly<Record<string, BodyKind>>;

const formats = [...pictureFormats, ...soundFormats];

/** Bodies that are one picture or one sound. Formats with the same registered type are one kind, with the types of all. */
export const fileKinds: readonly BodyKind[] = [...new Set(formats.map(({ mediaTypes: [type] }) => type))].map(
  (type) => {
    const same = formats.filter(({ mediaTypes: [each] }) => each === type);
    const types = new Set(same.flatMap(({ mediaTypes: [, ...others] }) => others));
    return { types: [type, ...types], ...ONE };
  },
);

const kindByType: ReadonlyMap<string, BodyKind> = new Map(
  [...Object.values(bodyKinds), ...fileKinds].flatMap((kind: BodyKind) =>
    kind.types.map((type) => [type, kind] as const),
  ),
);

type KindName = keyof typeof bodyKinds;

/** The kind of a body by its `Content-Type`. Bodies of other types are limited like JSON. */
export function kindOfBody(contentType = ''): BodyKind {
  const known = kindByType.get(contentType);
  if (known) return known;
  const [type = ''] = contentType.split(';', 1);
  return kindByType.get(type.trim().toLowerCase()) ?? bodyKinds.json;
}

/** Options of a parser that holds bodies of this kind in memory as a whole. */
export const wholeBody = ({ limit }: BodyKind, limits: Limits) =>
  ({ parseAs: 'buffer', bodyLimit: limits[limit] }) as const;

/** Descriptions of bodies by media type (`x-bodies`). */
export function describeBodies(
  descriptions: Readonly<Partial<Record<KindName, string>>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(descriptions);
  return Object.fromEntries(entries.map(([name, text]) => [bodyKinds[name as KindName].types[0], text]));
}
