import { type ArgsDef, defineCommand } from 'citty';
import { requireKnown } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { createProgress } from '../progress.ts';
import { formatTable } from '../table.ts';

/** `innerloop encoders get | list`: the frozen networks that packages read features from. */
export function encodersCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'encoders', description: 'Download and list encoders, whose features packages read' },
    subCommands: { get: getCommand(context), list: listCommand(context) },
  });
}

const getArgs = {
  name: { type: 'positional', description: 'Name of the encoder, such as mobilenet-v2', required: true },
  from: {
    type: 'string',
    valueHint: 'address|file',
    description:
      'Read the same file from this https: address or path instead, for example on a machine without a network',
  },
} as const satisfies ArgsDef;

function getCommand(context: CliContext) {
  return defineCommand({
    meta: {
      name: 'get',
      description:
        'Download an encoder into DATA_DIR/encoders. Its content is pinned by a digest, which is checked first',
    },
    args: getArgs,
    async run({ args: given }) {
      requireKnown(given, getArgs);
      const { name, from } = given;
      const { stdout, stderr, clock, signal } = context;
      const display = createProgress({ name: `${name}, kB`, stream: stderr, clock });
      try {
        const { manifest, folder } = await context.openEncoders().get(name, {
          from,
          signal,
          onProgress: (done, total) =>
            display.update({ done: kilobytes(done), total: kilobytes(total), notes: [] }),
        });
        display.stop();
        stdout.write(`${manifest.name} ${manifest.version} (${manifest.license}) is in ${folder}\n`);
        stderr.write('A server reads it at its next start\n');
      } finally {
        display.stop();
      }
    },
  });
}

const listArgs = {} as const satisfies ArgsDef;

function listCommand(context: CliContext) {
  return defineCommand({
    meta: {
      name: 'list',
      description: 'List the encoders on this machine, and those that can be downloaded',
    },
    args: listArgs,
    async run({ args: given }) {
      requireKnown(given, listArgs);
      const { present, missing } = await context.openEncoders().list();
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
      context.stdout.write(`${formatTable(['encoder', 'version', 'features', 'licence', 'state'], rows)}\n`);
    },
  });
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000);
