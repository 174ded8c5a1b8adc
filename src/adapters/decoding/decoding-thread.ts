import type { Worker } from 'node:worker_threads';
import { InnerloopError } from '../../errors.ts';
import {
  errorOf,
  type Job,
  type PlainError,
  plainError,
  type Reply,
  type Request,
  type Settled,
} from './messages.ts';

/** A job of a caller, with the promise that it settles. */
export interface Call {
  readonly job: Job;
  /** Counts pixels or samples in the caller's budget. It counts once, also when the job must start again. May reject. */
  take(amount: number): Promise<void>;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export interface ThreadOptions {
  spawn(): Worker;
  /** Maximum time of a job, without the time it waits for its budget. */
  readonly timeoutMs: number;
  /** Maximum heap of the thread. */
  readonly heapMb: number;
  /** Called when the thread can take another job. */
  onFree(): void;
  /** Gets the jobs that waited for their budget when another job ended the thread. They must start again. */
  onInterrupted(calls: readonly Call[]): void;
}

/**
 * One thread of the pool. It decodes one content at a time. A job that waits for its budget leaves the thread to others,
 * because an earlier picture of the same request may have to be counted first. A job that exhausts the memory or the time
 * ends the thread: that job fails, and the next one starts a new thread.
 */
export class DecodingThread {
  readonly #options: ThreadOptions;
  readonly #calls = new Map<number, Call>();
  /** Jobs whose budget has been counted; each continues when the thread is free. */
  #counted: { readonly number: number; readonly error?: PlainError }[] = [];
  /** Without a timer while the thread starts. */
  #active: { readonly number: number; readonly timer: NodeJS.Timeout | undefined } | null = null;
  #worker: Worker | null = null;
  #hasStarted = false;
  #lastNumber = 0;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  get isFree(): boolean {
    return !this.#active;
  }

  start(): void {
    this.#worker ??= this.#spawn();
  }

  /** The thread must be free. */
  run(call: Call): void {
    this.#lastNumber += 1;
    this.start();
    this.#calls.set(this.#lastNumber, call);
    this.#activate(this.#lastNumber, { type: 'run', call: this.#lastNumber, job: call.job });
  }

  /** No job may be running or waiting. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ type: 'close' } satisfies Request);
    await exited;
  }

  #spawn(): Worker {
    const worker = this.#options.spawn();
    this.#hasStarted = false;
    let cause: unknown;
    worker.on('message', (reply: Reply) => {
      if (worker === this.#worker) this.#receive(reply);
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      if (worker === this.#worker) this.#lose(endedBy(cause, this.#options.heapMb));
    });
    return worker;
  }

  #activate(number: number, request: Request): void {
    this.#active = { number, timer: this.#hasStarted ? this.#timer() : undefined };
    this.#worker?.postMessage(request);
  }

  #timer(): NodeJS.Timeout {
    const { timeoutMs } = this.#options;
    return setTimeout(() => {
      void this.#worker?.terminate();
      this.#lose({ limit: `decodes within ${timeoutMs / 1000} s`, got: 'one that takes longer' });
    }, timeoutMs);
  }

  #release(): void {
    clearTimeout(this.#active?.timer);
    this.#active = null;
    const next = this.#counted.shift();
    if (!next) {
      this.#options.onFree();
      return;
    }
    this.#activate(next.number, {
      type: 'taken',
      call: next.number,
      ...(next.error && { error: next.error }),
    });
  }

  #receive(reply: Reply): void {
    if (reply.type === 'started') {
      this.#hasStarted = true;
      if (this.#active) this.#active = { ...this.#active, timer: this.#timer() };
      return;
    }
    const call = this.#calls.get(reply.call);
    if (!call) return;
    if (reply.type === 'take') void this.#take(reply.call, call, reply.amount);
    else {
      this.#calls.delete(reply.call);
      void settle(call, reply);
    }
    this.#release();
  }

  async #take(number: number, call: Call, amount: number): Promise<void> {
    const error = await call.take(amount).then(() => undefined, plainError);
    // If the number is gone, the job was interrupted, and starts again.
    if (this.#calls.get(number) !== call) return;
    this.#counted.push({ number, ...(error && { error }) });
    if (this.isFree) this.#release();
  }

  /** The thread has ended, or is ending, because of its active job. */
  #lose(end: Ending): void {
    const culprit = this.#active?.number ?? 0;
    clearTimeout(this.#active?.timer);
    const calls = new Map(this.#calls);
    [this.#worker, this.#active, this.#counted] = [null, null, []];
    this.#calls.clear();
    const call = calls.get(culprit);
    calls.delete(culprit);
    call?.reject(errorFor(call.job, end));
    this.#options.onInterrupted([...calls.values()]);
    this.#options.onFree();
  }
}

async function settle(call: Call, settled: Settled): Promise<void> {
  try {
    if (settled.uncounted > 0) await call.take(settled.uncounted);
  } catch (error) {
    call.reject(error as Error);
    return;
  }
  if (settled.type === 'done') call.resolve(settled.result);
  else call.reject(errorOf(settled.error));
}

/** Why a thread ended: a limit that its job exceeded, or an unknown cause. */
type Ending = { readonly limit: string; readonly got: string } | { readonly cause: unknown };

function endedBy(cause: unknown, heapMb: number): Ending {
  const isMemory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isMemory
    ? { limit: `decodes within ${heapMb} MB of memory`, got: 'one that needs more' }
    : { cause };
}

function errorFor({ kind }: Job, end: Ending): InnerloopError {
  if ('cause' in end) {
    const details = { retryAfterSeconds: 1, cause: end.cause };
    return new InnerloopError('unavailable', 'The decoding thread stopped unexpectedly: try again', details);
  }
  const [expected, got] = [`content that ${end.limit}`, end.got];
  const code = kind === 'image' ? 'invalid_image' : 'invalid_input';
  return new InnerloopError(code, `Expected ${expected}, got ${got}`, { expected, got });
}
