/**
 * Entry point of a process that runs a foreign model and answers on pipe 3.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { watchProcess } from '../../watch-process.ts';
import { answerFrame, readOrder } from './frames.ts';
import { runForeign } from './run-foreign.ts';

const ANSWER = 3;

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const { order, model } = readOrder(Buffer.concat(chunks));
const watch = watchProcess(order.mostBytes);
const answer = await runForeign(model, order.runs, order.outputs).then(
  (results) => ({ results }),
  (error: unknown) => ({ refusal: { message: error instanceof Error ? error.message : String(error) } }),
);
writeFileSync(ANSWER, answerFrame(answer));
await watch.terminate();
