import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { InnerloopError } from '../../../errors.ts';
import type { Programs, Reply, Request } from './messages.ts';

interface Call {
  readonly done: Promise<Done>;
  resolve(done: Done): void;
  reject(error: InnerloopError): void;
  readonly onStep: ((loss: number) => void) | undefined;
}

/** Omit over each member of a union. */
type Without<T, Key extends string> = T extends unknown ? Omit<T, Key> : never;
type Question = Without<Extract<Request, { call: number }>, 'call'>;

type Done = Extract<Reply, { type: 'done' }>;

export interface Asked {
  readonly done: Promise<Done>;
  /** Ask the thread to stop between steps; `done` then rejects. */
  cancel(): void;
}

/**
 * One worker thread and the calls that wait for it. A thread that dies takes its calls with it, as `unavailable`, and
 * the next call starts another with the same programs. It is never terminated: one that computes would take the
 * process with it.
 */
export class Lane {
  readonly #spawn: () => Worker;
  readonly #onLost: (error: InnerloopError) => void;
  readonly #calls = new Map<number, Call>();
  readonly #programs = new Map<string, Programs>();
  #worker: Worker | null = null;
  #lastCall = 0;
  #closing = false;

  /** `onLost` is told when the thread, and every state on it, is gone, with what its calls are told. */
  constructor(spawn: () => Worker, onLost: (error: InnerloopError) => void) {
    this.#spawn = spawn;
    this.#onLost = onLost;
  }

  get pending(): number {
    return this.#calls.size;
  }

  async load(digest: string, programs: Programs): Promise<void> {
    await this.ask({ type: 'load', digest, programs }).done;
    this.#programs.set(digest, programs);
  }

  ask(question: Question, transfer: ArrayBuffer[] = [], onStep?: (loss: number) => void): Asked {
    this.#lastCall += 1;
    const call = this.#lastCall;
    const { promise: done, resolve, reject } = deferred<Done>();
    if (this.#closing) reject(unavailable('The service is shutting down'));
    else {
      this.post({ ...question, call } as Request, transfer);
      this.#calls.set(call, { done, resolve, reject, onStep });
    }
    return { done, cancel: () => this.tell({ type: 'cancel', call }) };
  }

  /** To the thread, started first where there is none. */
  post(request: Request, transfer: ArrayBuffer[] = []): void {
    if (this.#closing) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(request, transfer);
  }

  /** To the thread that runs, if any: a new one need not know. */
  tell(request: Request): void {
    this.#worker?.postMessage(request);
  }

  /** Waits for the calls, then for the thread to end. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled([...this.#calls.values()].map(({ done }) => done));
    const worker = this.#worker;
    if (!worker) return;
    const ended = once(worker, 'exit');
    this.tell({ type: 'close' });
    await ended;
  }

  #start(): Worker {
    const worker = this.#spawn();
    worker.on('message', (reply: Reply) => this.#settle(reply));
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#lost(worker, cause));
    // Numbers that belong to no call: nobody waits for these.
    for (const [digest, programs] of this.#programs) {
      worker.postMessage({ type: 'load', call: 0, digest, programs } satisfies Request);
    }
    return worker;
  }

  #settle(reply: Reply): void {
    const call = this.#calls.get(reply.call);
    if (reply.type === 'steps') {
      for (const loss of reply.losses) call?.onStep?.(loss);
      return;
    }
    this.#calls.delete(reply.call);
    if (reply.type === 'done') call?.resolve(reply);
    else call?.reject(failure(reply));
  }

  #lost(worker: Worker, cause: unknown): void {
    if (this.#worker === worker) this.#worker = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    const error = unavailable('The thread that ran this stopped unexpectedly', cause);
    this.#onLost(error);
    for (const { reject } of calls) reject(error);
  }
}

function unavailable(message: string, cause?: unknown): InnerloopError {
  return new InnerloopError('unavailable', `${message}: try again`, { retryAfterSeconds: 1, cause });
}

/** The runtime's own messages quote its source files: they are a cause, for logs, and not a message, for callers. */
export function notRun(cause: unknown): InnerloopError {
  return new InnerloopError('internal', 'A program could not be run', { cause });
}

function failure({ code, message }: Extract<Reply, { type: 'failed' }>): InnerloopError {
  return code === 'internal' ? notRun(message) : new InnerloopError(code, message);
}

function deferred<T>() {
  let settle: { resolve(value: T): void; reject(error: unknown): void } = { resolve() {}, reject() {} };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}
