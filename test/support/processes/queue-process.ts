import { once } from 'node:events';
import { createBullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';

/**
 * Works on the queue at the Redis argv[2]; argv[3] is the lock time in ms. It prints each start. Its adaptations end only
 * when they are aborted. At SIGTERM it closes the queue, and must then end by itself.
 */
const queue = createBullQueue({
  url: process.argv[2] ?? '',
  lockMs: Number(process.argv[3]),
  concurrency: 1,
  onError: (error) => process.stderr.write(`${error}\n`),
});
queue.process(async ({ id }, signal) => {
  process.stdout.write(`${id}\n`);
  await once(signal, 'abort');
});
process.once('SIGTERM', () => queue[Symbol.asyncDispose]());
