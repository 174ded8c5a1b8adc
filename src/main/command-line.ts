import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CliContext } from '../cli/context.ts';
import { InnerloopError } from '../errors.ts';
import { readVersion } from './version.ts';

type Given = Pick<
  CliContext,
  'stdout' | 'stderr' | 'stdin' | 'clock' | 'signal' | 'environment' | 'fetchPinned'
>;

/**
 * What the command line needs from this machine. Each part is loaded when a command uses it: a command that talks to a
 * server loads neither the runtime nor the trainer.
 */
export function commandLine(given: Given): CliContext {
  const environment = withInstalledFolders(given.environment);
  return {
    ...given,
    version: readVersion(),
    fetch: globalThis.fetch,
    threads: availableParallelism(),
    openTrainingContext: async (options) =>
      (await import('./training-context.ts')).openTrainingContext(options),
    openKeys: async () => (await import('./server/keys.ts')).openKeys(environment, given.clock),
    deleteTenant: async (...tenant) =>
      (await import('./server/delete-tenant.ts')).deleteTenant(environment, given.clock, ...tenant),
    openEncoders: async () =>
      (await import('./encoders/encoder-store.ts')).openEncoderStore(environment, given.fetchPinned),
    openImporting: async () => (await import('./encoders/open-importing.ts')).openImporting(environment),
    async serve(settings) {
      const { cannotStart, serve } = await import('./server/serve.ts');
      await serve({ ...environment, ...settings }).catch((cause: unknown) => {
        const message = cannotStart(cause)
          .trimEnd()
          .replace(/^innerloop /, '');
        throw new InnerloopError('invalid_config', message, { cause });
      });
    },
    demo: async (url, seed, print) =>
      (await import('./demo/serve-demo.ts')).serveDemo(environment, url, seed, print, given.signal),
  };
}

/** Settings of folders that come with this program, with their presets below the working directory. */
const INSTALLED = { MODELS_DIR: 'models', ENCODERS_DIR: 'encoders' };

/** The environment; in a working directory without these folders, those of the installed program. */
function withInstalledFolders(environment: CliContext['environment']): CliContext['environment'] {
  const missing = Object.entries(INSTALLED).flatMap(([setting, preset]) => {
    const installed = fileURLToPath(new URL(`../../${preset}`, import.meta.url));
    return environment[setting] || existsSync(preset) || !existsSync(installed) ? [] : [[setting, installed]];
  });
  return { ...environment, ...Object.fromEntries(missing) };
}
