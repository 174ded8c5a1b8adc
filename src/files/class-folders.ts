import { refusal } from './refusal.ts';

/** Characters of a name in a message. */
const MAX_NAME_LENGTH = 256;

interface Named {
  readonly name: string;
}

/**
 * Labels of the files of an archive: a file's label is the path of its folder. A folder that wraps all the others is
 * skipped (`photos/cat/1.jpg`, `photos/dog/1.jpg` → `cat`, `dog`). In the archive's order.
 * @throws InnerloopError `invalid_input` if a file is in no folder
 */
export function labelledByFolder<File extends Named>(
  files: readonly File[],
): readonly { readonly label: string; readonly file: File }[] {
  if (files.length === 0) throw refusal('a folder with files for each label', 'none', 'in the archive');
  const folders = files.map(({ name }) => name.split('/').slice(0, -1));
  const outside = files.find((_, i) => folders[i]?.length === 0);
  if (outside)
    throw refusal(
      'each file in a folder that is named by its label',
      JSON.stringify(outside.name.slice(0, MAX_NAME_LENGTH)),
      'in the archive',
    );
  const [wrapping] = folders[0] ?? [];
  const isWrapped = folders.every((parts) => parts.length > 1 && parts[0] === wrapping);
  return files.map((file, i) => ({ label: (folders[i] ?? []).slice(isWrapped ? 1 : 0).join('/'), file }));
}
