import { parentPort } from 'node:worker_threads';
import { answerJobs } from '../../../src/adapters/decoding/answer-jobs.ts';
import type { ContentReader } from '../../../src/adapters/decoding/content-reader.ts';

/** A decoding thread whose texts say what happens to it. */
const reader: ContentReader = {
  async canonical(bytes, take) {
    const [order = '', amount] = Buffer.from(bytes).toString().split(' ');
    if (order === 'hang') for (;;);
    if (order === 'exit') process.exit(1);
    if (order === 'memory')
      for (const kept: string[][] = []; ; ) kept.push(Array.from({ length: 1e5 }, String));
    if (amount) await take(Number(amount));
    if (order === 'damaged') throw new Error('Damaged');
    return { bytes: Uint8Array.from(bytes), warnings: [] };
  },
  prepare: () => Promise.reject(new Error('Expected no call')),
};

if (!parentPort) throw new Error('Expected to run in a worker thread');
const none = () => Promise.reject(new Error('Expected texts only'));
answerJobs(parentPort, { text: async () => reader, image: none, audio: none });
