import type { CliContext } from '../context.ts';
import { answer } from '../display/output.ts';
import { createProgress } from '../display/progress.ts';
import { formatTable } from '../display/table.ts';
import { type ArgsDef, defineSubCommand, type Group, jsonArgument } from '../parser/command.ts';

/** `innerloop encoders get | list`: the frozen networks that packages read features from. */
export function encodersCommand(context: CliContext): Group {
  return {
    subCommands: { get: getCommand(context), list: listCommand(context) },
  };
}

const getArgs = {
  name: { type: 'positional', description: 'Name of the encoder, such as mobilenet-v2', required: true },
  from: {
    type: 'string',
    valueHint: 'address|file',
    description:
      'Read the same file from this https: address or path instead, for example on a machine without a network',
  },
  ...jsonArgument,
} as const satisfies ArgsDef;

function getCommand(context: CliContext) {
  return defineSubCommand({
    description: 'Download an encoder into DATA_DIR/encoders. Its digest is pinned, and is checked first',
    examples: ['innerloop encoders get mobilenet-v2'],
    args: getArgs,
    async run({ args: given }) {
      const { name, from } = given;
      const { stderr, clock, signal } = context;
      const display = createProgress({ name: `${name}, kB`, stream: stderr, clock });
      try {
        const { manifest, folder } = await (await context.openEncoders()).get(name, {
          from,
          signal,
          onProgress: (done, total) =>
            display.update({ done: kilobytes(done), total: kilobytes(total), notes: [] }),
        });
        display.stop();
        const { name: encoder, version, license } = manifest;
        const made = { name: encoder, version, license, folder };
        answer(context, given.json, made, () => `${encoder} ${version} (${license}) is in ${folder}`);
        stderr.write('A server reads it at its next start\n');
      } finally {
        display.stop();
      }
    },
  });
}

const listArgs = { ...jsonArgument } as const satisfies ArgsDef;

function listCommand(context: CliContext) {
  return defineSubCommand({
    description: 'List the encoders on this machine, and those that can be downloaded',
    examples: ['innerloop encoders list'],
    args: listArgs,
    async run({ args: given }) {
      const { present, missing } = await (await context.openEncoders()).list();
      const rows = [
        ...present.map(({ name, version, features, license }) => [
          name,
          version,
          `${features}`,
          license,
          'ready',
        ]),
        ...missing.map(({ name, bytes }) => [
          name,
          '-',
          '-',
          '-',
          `${kilobytes(bytes)} kB: innerloop encoders get ${name}`,
        ]),
      ];
      const all = [
        ...present.map(({ name, version, features, license, digest }) => ({
          name,
          version,
          features,
          license,
          digest,
          isPresent: true,
        })),
        ...missing.map((each) => ({ ...each, isPresent: false })),
      ];
      const head = ['encoder', 'version', 'features', 'licence', 'state'];
      answer(context, given.json, all, () => formatTable(head, rows));
    },
  });
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000);
