/**
 * Entry point of a decoding thread. It must not load ONNX Runtime: the pool terminates threads that take too long, and
 * that would abort the process during a run.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { answerJobs } from './answer-jobs.ts';
import type { DecodingSettings } from './messages.ts';
import { readersFor } from './readers.ts';

if (!parentPort) throw new Error('Expected to run in a worker thread');
answerJobs(parentPort, readersFor(workerData as DecodingSettings));
