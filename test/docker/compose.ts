import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { docker, root } from './docker.ts';

const run = promisify(execFile);

export interface Project extends AsyncDisposable {
  /** Runs a Compose command on this project and returns its standard output. */
  compose(...args: string[]): Promise<string>;
  /** Ids of the containers of a service. */
  containers(service: string): Promise<readonly string[]>;
  /** The address of the API on this machine. */
  url(): Promise<string>;
}

/** Opens docker-compose.yml as a separate project on a free port. Disposal removes it with all its data. */
export async function openProject(): Promise<Project> {
  const name = `innerloop-test-${randomUUID().slice(0, 8)}`;
  const [command, ...first] = await composeCommand();
  const compose = async (...args: string[]) => {
    const env = { ...process.env, COMPOSE_PROJECT_NAME: name, PORT: '0' };
    const { stdout } = await run(command, [...first, ...args], { cwd: root, env });
    return stdout.trim();
  };
  await handVolumeToRedis(`${name}_redis`);
  return {
    compose,
    containers: async (service) => (await compose('ps', '--quiet', service)).split('\n'),
    url: async () => `http://127.0.0.1:${(await compose('port', 'api', '3000')).split(':').at(-1)}`,
    async [Symbol.asyncDispose]() {
      await compose('down', '--volumes', '--timeout', '15');
    },
  };
}

/** The file works with both forms of Compose: the plugin, and the older separate program, which Debian still has. */
async function composeCommand(): Promise<readonly [string, ...string[]]> {
  return docker('compose', 'version').then(
    () => ['docker', 'compose'] as const,
    () => ['docker-compose'] as const,
  );
}

/** Gives the volume to the user of Redis, like the official image. So a test can use any Redis image. */
async function handVolumeToRedis(volume: string): Promise<void> {
  const own = 'install -d -o redis /data/appendonlydir && chown redis /data';
  await docker('volume', 'create', volume);
  const mount = ['--user', 'root', '--volume', `${volume}:/data`, '--entrypoint', 'sh'];
  await docker('run', '--rm', ...mount, 'redis:7.4-bookworm', '-c', own);
}
