import { once } from 'node:events';
import { createBullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';

/**
 * Works on the queue at the Redis argv[2], with the lock argv[3] in ms. It says what it begins, and ends nothing that
 * is not aborted. At SIGTERM it closes the queue, and is left to end by itself.
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
