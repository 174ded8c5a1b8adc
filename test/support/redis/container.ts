import {
  type ContainerRuntimeClient,
  GenericContainer,
  getContainerRuntimeClient,
  getReaper,
  ImageName,
  Wait,
} from 'testcontainers';
import { answering, freePort } from './ready.ts';
import type { RedisSource, TestRedis } from './source.ts';

const IMAGE = 'redis:7.4-bookworm';
const PORT = 6379;

/** Redis in containers. Docker must run, and must have the image or be able to fetch it. */
export async function containers(): Promise<RedisSource> {
  try {
    const docker = await getContainerRuntimeClient();
    await docker.image.pull(ImageName.fromString(IMAGE));
    // Testcontainers' cleanup container removes leftovers of killed tests, but its image may not be available.
    const isReaped = await getReaper(docker).then(
      () => true,
      () => false,
    );
    return (options) => start(docker, isReaped, options);
  } catch (error) {
    return `Expected Docker with ${IMAGE}, got: ${error instanceof Error ? error.message : error}`;
  }
}

async function start(
  docker: ContainerRuntimeClient,
  isReaped: boolean,
  options: readonly string[],
): Promise<TestRedis> {
  const port = await freePort();
  const args = ['--bind', '0.0.0.0', '--protected-mode', 'no', '--save', '', ...options];
  const started = await new GenericContainer(IMAGE)
    .withAutoCleanup(isReaped)
    // Docker would choose a different port after each start.
    .withExposedPorts({ container: PORT, host: port })
    .withCommand(['redis-server', '--port', String(PORT), ...args])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start();
  const container = docker.container.getById(started.getId());
  const url = `redis://${started.getHost().replace('localhost', '127.0.0.1')}:${port}`;
  let isRunning = true;
  await answering(url);

  return {
    url,
    async kill() {
      if (isRunning) await container.kill();
      isRunning = false;
    },
    async start() {
      await container.start();
      isRunning = true;
      await answering(url);
    },
    freeze: () => container.pause(),
    thaw: () => container.unpause(),
    [Symbol.asyncDispose]: () => container.remove({ force: true, v: true }),
  };
}
