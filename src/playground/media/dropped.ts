import { isSystemFile } from './system-files.ts';

/** A dropped or chosen file. */
export interface FoundFile {
  readonly file: File;
  /** The name of the folder that the file is in; null if it was dropped by itself. */
  readonly folder: string | null;
}

/** All files of a drop, also those in folders. Call it while the event is handled: the browser forgets the items after it. */
export async function filesOfDrop(data: DataTransfer): Promise<FoundFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => entry === null)) return filesOfChooser(data.files);
  const found = await Promise.all(
    entries.map((entry) =>
      entry === null || (entry.isFile && isSystemFile(entry.name)) ? [] : filesBelow(entry, null),
    ),
  );
  return found.flat();
}

/** The files of a chooser. One that chooses folders gives each file its path, which begins with the chosen folder. */
export function filesOfChooser(files: FileList | null): FoundFile[] {
  return [...(files ?? [])]
    .filter(({ name, webkitRelativePath }) => !isSystemFile(pathInFolder(webkitRelativePath) || name))
    .map((file) => ({ file, folder: file.webkitRelativePath.split('/').at(-2) ?? null }));
}

/** A folder that a person chose or dropped is read even if its own name is hidden. */
const pathInFolder = (path: string) => path.split('/').slice(1).join('/');

async function filesBelow(entry: FileSystemEntry, folder: string | null): Promise<FoundFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ file, folder }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  // A reader gives at most 100 entries at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    children.push(...some.filter(({ name }) => !isSystemFile(name)));
  }
  return (await Promise.all(children.map((child) => filesBelow(child, entry.name)))).flat();
}
