import type { CliContext } from '../context.ts';
import { type ArgsDef, type Command, defineCommand } from '../parser/command.ts';

const args = {
  port: {
    type: 'string',
    description: 'Port to listen on; 0 is any free port (default: PORT, else 3000)',
    complete: 'nothing',
  },
  host: {
    type: 'string',
    valueHint: 'address',
    description:
      'Address to listen on. If other machines reach it, callers need a key (default: HOST, else 127.0.0.1)',
    complete: 'nothing',
  },
  data: {
    type: 'string',
    valueHint: 'folder',
    description: 'Folder for tasks and examples (default: DATA_DIR, else data)',
  },
  models: {
    type: 'string',
    valueHint: 'folder',
    description:
      'Folder of the packages (default: MODELS_DIR, else models, else the packages that come with innerloop)',
  },
} as const satisfies ArgsDef;

/** The settings that the options stand for. */
const SETTINGS = { port: 'PORT', host: 'HOST', data: 'DATA_DIR', models: 'MODELS_DIR' } as const;

/** `innerloop serve`: what `npm start` runs. docs/settings.md has the other settings. */
export const serveCommand = (context: CliContext) =>
  starting(context, {}, ['innerloop serve', 'innerloop serve --port 8080 --data /var/lib/innerloop']);

/** `innerloop worker`: the same with the role of a worker process. */
export const workerCommand = (context: CliContext) =>
  starting(context, { ROLE: 'worker' }, ['REDIS_URL=redis://localhost:6379 innerloop worker --port 3001']);

function starting(
  context: CliContext,
  preset: Readonly<Record<string, string>>,
  examples: readonly string[],
): Command {
  return defineCommand({
    examples,
    args,
    async run({ args: given }) {
      const chosen = Object.entries(SETTINGS).flatMap(([option, setting]) => {
        const value = given[option as keyof typeof SETTINGS];
        return value === undefined ? [] : [[setting, value]];
      });
      await context.serve({ ...preset, ...Object.fromEntries(chosen) });
    },
  });
}
