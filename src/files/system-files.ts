/** What macOS adds to archives, and what the Explorer of Windows leaves in folders of pictures. */
const NAMES: ReadonlySet<string> = new Set(['__macosx', 'thumbs.db', 'desktop.ini']);

/**
 * Whether a file, or a folder on its path, is hidden or was made by the operating system. Such files are no examples. The
 * page has the same rule in `src/playground/media/system-files.ts`.
 */
export const isSystemFile = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || NAMES.has(part.toLowerCase()));
