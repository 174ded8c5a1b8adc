/** The same rule as in `src/files/system-files.ts`, which the page cannot import. */
const NAMES: ReadonlySet<string> = new Set(['__macosx', 'thumbs.db', 'desktop.ini']);

/** Whether a file, or a folder on its path, is hidden or was made by the operating system. */
export const isSystemFile = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || NAMES.has(part.toLowerCase()));
