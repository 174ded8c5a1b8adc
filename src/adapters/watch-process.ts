import { Worker } from 'node:worker_threads';

const WATCH = `
  const { workerData: { most, parent } } = require('node:worker_threads');
  setInterval(() => {
    if (process.memoryUsage.rss() > most || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 20);
`;

/**
 * Ends this process by SIGKILL when it holds more than `mostBytes` of memory, or when its parent has ended. It does so in a
 * thread of its own, because foreign code may block the main thread.
 */
export function watchProcess(mostBytes: number): Worker {
  const workerData = { most: mostBytes, parent: process.ppid };
  return new Worker(WATCH, { eval: true, execArgv: [], workerData });
}
