import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { InnerloopError } from '../../../errors.ts';
import type { EncoderProgram, Programs, Reply, Request } from './messages.ts';

type Done = Extract<Reply, { type: 'done' }>;

interface PendingCall {
  readonly done: Promise<Done>;
  resolve(done: Done): void;
  reject(error: InnerloopError): void;
  readonly onStep: ((loss: number) => void) | undefined;
}

/** Omit over each member of a union. */
type Without<T, Key extends string> = T extends unknown ? Omit<T, Key> : never;
export type CallRequest = Without<Extract<Request, { call: number }>, 'call'>;

export interface Call {
  readonly done: Promise<Done>;
  /** Asks the thread to stop before the next step; `done` then rejects. */
  cancel(): void;
}

/**
 * One worker thread and its pending calls. When the thread dies, its calls reject as `unavailable`, and the next call
 * starts a new thread with the same programs. The thread is never terminated: terminating a thread inside a run aborts
 * the whole process.
 */
export class WorkerThread {
  readonly #spawn: () => Worker;
  readonly #onExit: (error: InnerloopError) => void;
  readonly #calls = new Map<number, PendingCall>();
  /** What a new thread must load again, by digest. */
  readonly #loads = new Map<string, CallRequest>();
  #worker: Worker | null = null;
  #lastCall = 0;
  #isClosing = false;

  /** `onExit` is called when the thread has ended and its states are lost. It gets the same error as the pending calls. */
  constructor(spawn: () => Worker, onExit: (error: InnerloopError) => void) {
    this.#spawn = spawn;
    this.#onExit = onExit;
  }

  get pendingCalls(): number {
    return this.#calls.size;
  }

  load(digest: string, programs: Programs): Promise<void> {
    return this.#load({ type: 'load', digest, programs });
  }

  loadEncoder(digest: string, encoder: EncoderProgram): Promise<void> {
    return this.#load({ type: 'loadEncoder', digest, ...encoder });
  }

  async #load(request: Extract<CallRequest, { digest: string }>): Promise<void> {
    await this.call(request).done;
    this.#loads.set(request.digest, request);
  }

  call(request: CallRequest, transfer: ArrayBuffer[] = [], onStep?: (loss: number) => void): Call {
    this.#lastCall += 1;
    const call = this.#lastCall;
    const { promise: done, resolve, reject } = deferred<Done>();
    if (this.#isClosing) reject(unavailable('The service is shutting down'));
    else {
      this.post({ call, ...request } as Request, transfer);
      this.#calls.set(call, { done, resolve, reject, onStep });
    }
    return { done, cancel: () => this.postIfRunning({ type: 'cancel', call }) };
  }

  /** Sends a message without an answer. Starts the thread when it is not running. */
  post(request: Request, transfer: ArrayBuffer[] = []): void {
    if (this.#isClosing) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(request, transfer);
  }

  /** As `post`, for messages that a new thread does not need. */
  postIfRunning(request: Request): void {
    this.#worker?.postMessage(request);
  }

  /** Waits for the pending calls, then for the thread to exit. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled([...this.#calls.values()].map(({ done }) => done));
    const worker = this.#worker;
    if (!worker) return;
    const exited = once(worker, 'exit');
    this.postIfRunning({ type: 'close' });
    await exited;
  }

  #start(): Worker {
    const worker = this.#spawn();
    worker.on('message', (reply: Reply) => this.#settle(reply));
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#failCalls(worker, cause));
    // Pending calls have numbers from 1, so the answers to call 0 are ignored.
    for (const request of this.#loads.values()) worker.postMessage({ ...request, call: 0 });
    return worker;
  }

  #settle(reply: Reply): void {
    const call = this.#calls.get(reply.call);
    if (reply.type === 'progress') {
      for (const loss of reply.losses) call?.onStep?.(loss);
      return;
    }
    this.#calls.delete(reply.call);
    if (reply.type === 'done') call?.resolve(reply);
    else call?.reject(errorOf(reply));
  }

  #failCalls(worker: Worker, cause: unknown): void {
    if (this.#worker === worker) this.#worker = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    const error = unavailable('The worker thread of this call stopped unexpectedly', cause);
    this.#onExit(error);
    for (const { reject } of calls) reject(error);
  }
}

function unavailable(message: string, cause?: unknown): InnerloopError {
  return new InnerloopError('unavailable', `${message}: try again`, { retryAfterSeconds: 1, cause });
}

/** The runtime's messages quote its source files. So they become the cause, for logs, and not the message, for callers. */
export function runFailed(cause: unknown): InnerloopError {
  return new InnerloopError('internal', 'A program could not be run', { cause });
}

function errorOf({ code, message }: Extract<Reply, { type: 'failed' }>): InnerloopError {
  return code === 'internal' ? runFailed(message) : new InnerloopError(code, message);
}

function deferred<T>() {
  let settle: { resolve(value: T): void; reject(error: unknown): void } = { resolve() {}, reject() {} };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}
