/**
 * Entry point of a process that runs a foreign model and answers on pipe 3. A thread of its own ends the process when it
 * holds too much memory, or when its caller does not wait any more: the runtime blocks the main thread.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { answerFrame, readOrder } from './frames.ts';
import { runForeign } from './run-foreign.ts';

const ANSWER = 3;

const WATCH = `
  const { workerData: { most, parent } } = require('node:worker_threads');
  setInterval(() => {
    if (process.memoryUsage.rss() > most || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 20);
`;

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const { order, model } = readOrder(Buffer.concat(chunks));
const workerData = { most: order.mostBytes, parent: process.ppid };
const watch = new Worker(WATCH, { eval: true, execArgv: [], workerData });
const answer = await runForeign(model, order.runs, order.outputs).then(
  (results) => ({ results }),
  (error: unknown) => ({ refusal: { message: error instanceof Error ? error.message : String(error) } }),
);
writeFileSync(ANSWER, answerFrame(answer));
await watch.terminate();
