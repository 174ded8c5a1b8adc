import type { Readable } from 'node:stream';
import { isSystemFile } from '../../files/system-files.ts';
import { type FileToZip, zipOf } from '../../files/zip-writer.ts';
import type { ExamplesToDownload } from '../../service/examples/use-cases.ts';
import { fileTypeOf } from './file-headers.ts';

/** It wraps the folders of the labels, so that a label with a slash is read back as it is. */
const WRAPPING = 'examples';

/** Whether the label can be the path of a folder in an archive that `adapt` reads. */
const isFolder = (label: string) =>
  !isSystemFile(label) && label.split('/').every((part) => /^[^\\]+$/.test(part));

/** Whether all examples are pictures or sounds, with labels that can be folders. */
export function canBeArchive({ examples, targetShape }: ExamplesToDownload): boolean {
  const isFile = (kind: string) => kind === 'image' || kind === 'audio';
  return !targetShape && examples.every(({ kind, label = '' }) => isFile(kind) && isFolder(label));
}

/** The examples as an archive: a folder for each label. The files are named by the ids of the examples. */
export function archiveOf({ contents }: ExamplesToDownload, signal?: AbortSignal): Readable {
  return zipOf(files());

  async function* files(): AsyncGenerator<FileToZip> {
    for await (const { example, content } of contents(signal)) {
      const { ending } = fileTypeOf(content);
      yield {
        name: `${WRAPPING}/${example.label}/${example.id}${ending}`,
        bytes: content.bytes,
        modifiedAt: new Date(example.createdAt),
      };
    }
  }
}
