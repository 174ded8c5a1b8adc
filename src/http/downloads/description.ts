const FILE = { type: 'string', format: 'binary' } as const;

/** The description of an answer that is a file of one of these types. */
export const file = (description: string, mediaTypes: readonly string[]) => ({
  description,
  content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: FILE }])),
});

/** Types of canonical contents. */
export const CONTENT_FILES = [
  'text/plain',
  'application/json',
  'image/png',
  'image/jpeg',
  'image/webp',
  'audio/wav',
  'application/octet-stream',
];
