import { LRUCache } from 'lru-cache';
import type { Tensor, Tensors } from '../../../tensor.ts';
import type { Session } from '../threads/session.ts';
import { notRun } from '../threads/worker-thread.ts';
import type { Computed } from './batcher.ts';

interface Options {
  /** Bytes that copies of states may take besides those they have. */
  room(): number;
  /** A copy of a state, from the thread that keeps it. */
  fetch(stateId: string): Promise<Tensors>;
}

interface Program {
  readonly model: Uint8Array;
  /** Resolves also where it could not be loaded; there is no session then. */
  opening?: Promise<void>;
  session?: Session;
}

interface Copy {
  /** Null until it has come. */
  state: Tensors | null;
  usedAt: number;
}

/** Nothing else is heard while a prediction runs here. A message to another thread and back takes a fifth of this. */
const MAX_MS = 0.5;
/** Nothing else is heard while a program is loaded either: some 10 ms for one of this size, once. */
const MAX_MODEL_BYTES = 4 * 2 ** 20;
/** A copy that was not used for so long may go for another. Sooner, tasks that take turns would chase each other out. */
const UNUSED_MS = 1000;

/**
 * Predictions on the calling thread, which small ones leave sooner than a message to another thread comes back. It blocks,
 * so it is for a prediction that is alone: whoever asks decides that. The states here are copies of those on the
 * predicting threads, in the memory that these leave; without one a prediction is made there as ever.
 */
export class OwnThread {
  readonly #options: Options;
  readonly #programs = new Map<string, Program>();
  /** By state, the most rows of it that a run took no longer than `MAX_MS` for: what a row takes depends on the state. */
  readonly #quickRows = new Map<string, number>();
  /** As many as there is room for, which changes: whoever adds one looks. */
  readonly #copies = new LRUCache<string, Copy>({ maxSize: Number.MAX_SAFE_INTEGER });
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Of the copies. */
  get bytes(): number {
    return this.#copies.calculatedSize;
  }

  /** A package's predictions may be made here, unless loading its program would take long. */
  add(digest: string, model: Uint8Array): void {
    if (model.byteLength <= MAX_MODEL_BYTES) this.#programs.set(digest, { model });
  }

  /** A run on this state has taken so long. */
  learn(stateId: string, rows: number, ms: number): void {
    if (ms <= MAX_MS && !this.isQuick(stateId, rows)) this.#quickRows.set(stateId, rows);
  }

  /** Whether it takes no longer than everybody else may be kept waiting. */
  isQuick(stateId: string, rows: number): boolean {
    return rows <= (this.#quickRows.get(stateId) ?? 0);
  }

  /** The prediction of `x` [B, …]; null where program or state are not here. */
  run(digest: string, stateId: string, x: Tensor): Promise<Computed> | null {
    const session = this.#programs.get(digest)?.session;
    const copy = this.#copies.get(stateId);
    if (!session || !copy?.state) return null;
    copy.usedAt = performance.now();
    const running = compute(session, { ...copy.state, x });
    this.#running.add(running);
    const done = () => this.#running.delete(running);
    running.then(done, done);
    return running;
  }

  /** So that a later `run` finds the program and then the state, of so many bytes, if there is room. */
  prepare(digest: string, stateId: string, bytes: number): void {
    const program = this.#programs.get(digest);
    // A state that takes no room is one that has left its thread.
    if (!program || bytes === 0) return;
    if (!program.session) program.opening ??= open(program);
    else if (!this.#copies.has(stateId) && this.#makeRoom(bytes)) void this.#copy(stateId, bytes);
  }

  /** The state is gone from its thread. */
  drop(stateId: string): void {
    this.#quickRows.delete(stateId);
    this.#copies.delete(stateId);
  }

  /** Drops what was used least recently until all copies have so many bytes. */
  shrinkTo(bytes: number): void {
    while (this.bytes > Math.max(0, bytes)) this.#copies.pop();
  }

  /** After the predictions that run. */
  async close(): Promise<void> {
    this.shrinkTo(0);
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    await Promise.allSettled(this.#running);
    for (const program of programs) {
      await program.opening;
      await program.session?.dispose();
    }
  }

  #makeRoom(bytes: number): boolean {
    const stale = performance.now() - UNUSED_MS;
    const oldest = () => this.#copies.rvalues().next().value?.usedAt ?? Number.POSITIVE_INFINITY;
    while (bytes > this.#options.room() && oldest() <= stale) this.#copies.pop();
    return bytes <= this.#options.room();
  }

  async #copy(stateId: string, bytes: number): Promise<void> {
    const copy: Copy = { state: null, usedAt: performance.now() };
    this.#copies.set(stateId, copy, { size: bytes });
    try {
      copy.state = await this.#options.fetch(stateId);
    } catch {
      // It is gone by now, or its thread is. A newer copy stays.
      if (this.#copies.peek(stateId) === copy) this.#copies.delete(stateId);
    }
  }
}

/** A program that the threads have loaded and this one cannot stays with them. */
async function open(program: Program): Promise<void> {
  try {
    // Only now: a process whose predictions are never alone has no use for the runtime on this thread.
    const { compile } = await import('../threads/session.ts');
    program.session = await compile(program.model);
  } catch {
    // What is not there is not used.
  }
}

async function compute(session: Session, feeds: Tensors): Promise<Computed> {
  const begunAt = performance.now();
  try {
    const { y } = await session.run(feeds);
    if (y) return { y, ms: performance.now() - begunAt };
  } catch (cause) {
    throw notRun(cause);
  }
  throw notRun('No y came back');
}
