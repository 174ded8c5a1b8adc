import { OMNIGLOT_FILES, OMNIGLOT_FOLDER } from '../../training/datasets/omniglot-files.ts';
import type { CliContext } from '../context.ts';
import { answer } from '../display/output.ts';
import { createProgress } from '../display/progress.ts';
import { type ArgsDef, defineSubCommand, type Group, jsonArgument } from '../parser/command.ts';
import { getOmniglot } from '../training/get-data.ts';

const args = {
  out: {
    type: 'string',
    valueHint: 'folder',
    description: `Folder for the files (default: ${OMNIGLOT_FOLDER}, where the recipes look)`,
  },
  from: {
    type: 'string',
    valueHint: 'address|folder',
    description: 'Read the same files below this https: address or in this folder instead',
  },
  ...jsonArgument,
} as const satisfies ArgsDef;

/** `innerloop data omniglot`: the data that recipes read. `files` are for tests. */
export function dataCommand(context: CliContext, files = OMNIGLOT_FILES): Group {
  const megabytes = (files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(0);
  return {
    subCommands: {
      omniglot: defineSubCommand({
        description: `Download Omniglot (${megabytes} MB from GitHub, pinned by digests) and write the split of Vinyals and others (2016)`,
        examples: ['innerloop data omniglot'],
        args,
        async run({ args: given }) {
          const { stderr, clock, signal, fetchPinned } = context;
          const { out: folder = OMNIGLOT_FOLDER, from, json } = given;
          const display = createProgress({ name: 'omniglot, kB', stream: stderr, clock });
          try {
            const written = await getOmniglot(fetchPinned, {
              folder,
              from,
              signal,
              files,
              onProgress: (done, total) =>
                display.update({ done: kilobytes(done), total: kilobytes(total), notes: [] }),
            });
            display.stop();
            answer(context, json, { folder, files: written }, () => `Omniglot is in ${folder}`);
          } finally {
            display.stop();
          }
        },
      }),
    },
  };
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000);
