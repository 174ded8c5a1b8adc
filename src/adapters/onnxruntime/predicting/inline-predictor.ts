import { LRUCache } from 'lru-cache';
import type { Tensor, Tensors } from '../../../tensor.ts';
import { predictionOf } from '../threads/messages.ts';
import type { Session } from '../threads/session.ts';
import { runFailed } from '../threads/worker-thread.ts';
import type { Computed } from './batcher.ts';

interface Options {
  /** Bytes that are free for more copies of states. */
  freeBytes(): number;
  /** Copies a state from the worker thread that holds it. */
  fetch(stateId: string): Promise<Tensors>;
}

interface Program {
  readonly model: Uint8Array;
  /** Resolves even when the program cannot be loaded; `session` is then absent. */
  opening?: Promise<void>;
  session?: Session;
}

interface StateCopy {
  /** Null while it is being fetched. */
  state: Tensors | null;
  usedAt: number;
}

/** Maximum time for which a run may block the event loop. A message to a worker thread and back takes a fifth of it. */
const MAX_MS = 0.5;
/** Loading also blocks the event loop: about 10 ms for a program of this size, once. */
const MAX_MODEL_BYTES = 4 * 2 ** 20;
/** Only copies that were unused for this long are evicted. Otherwise alternating tasks would evict each other's copies. */
const UNUSED_MS = 1000;

/**
 * Makes small predictions on the calling thread, where they take less time than a message to a worker thread and back. A
 * run blocks the caller's event loop, so use this only when no other prediction is in flight. It keeps copies of states, in
 * the part of the state memory that the worker threads do not use. When the program or the state is missing here, use a
 * worker thread.
 */
export class InlinePredictor {
  readonly #options: Options;
  readonly #programs = new Map<string, Program>();
  /** By state: the largest number of rows of a run that took at most `MAX_MS`. The time per row depends on the state. */
  readonly #quickRows = new Map<string, number>();
  /** Without a size limit of its own: the free memory changes, so `#makeRoom` checks it before each copy. */
  readonly #copies = new LRUCache<string, StateCopy>({ maxSize: Number.MAX_SAFE_INTEGER });
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Bytes of all copies. */
  get bytes(): number {
    return this.#copies.calculatedSize;
  }

  /** Allows predictions of a package here, unless its program is too large to load on this thread. */
  add(digest: string, model: Uint8Array): void {
    if (model.byteLength <= MAX_MODEL_BYTES) this.#programs.set(digest, { model });
  }

  /** Records how long a run on this state took. */
  recordRun(stateId: string, rows: number, ms: number): void {
    if (ms <= MAX_MS && !this.isQuick(stateId, rows)) this.#quickRows.set(stateId, rows);
  }

  /** Whether an earlier run of at least `rows` rows on this state took at most `MAX_MS`. */
  isQuick(stateId: string, rows: number): boolean {
    return rows <= (this.#quickRows.get(stateId) ?? 0);
  }

  /** The prediction of `x` [B, …]; null when the program or the state is missing. */
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

  /** Prepares a later `run`: loads the program; if it is already loaded, copies the state of `bytes` bytes if there is room. */
  prepare(digest: string, stateId: string, bytes: number): void {
    const program = this.#programs.get(digest);
    // 0 bytes: the state has left its worker thread.
    if (!program || bytes === 0) return;
    if (!program.session) program.opening ??= open(program);
    else if (!this.#copies.has(stateId) && this.#makeRoom(bytes)) void this.#copy(stateId, bytes);
  }

  /** Call this when the state has left its worker thread. */
  drop(stateId: string): void {
    this.#quickRows.delete(stateId);
    this.#copies.delete(stateId);
  }

  /** Drops the least recently used copies until all copies together take at most `bytes`. */
  shrinkTo(bytes: number): void {
    while (this.bytes > Math.max(0, bytes)) this.#copies.pop();
  }

  /** Waits for running predictions, and releases the sessions. */
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
    while (bytes > this.#options.freeBytes() && oldest() <= stale) this.#copies.pop();
    return bytes <= this.#options.freeBytes();
  }

  async #copy(stateId: string, bytes: number): Promise<void> {
    const copy: StateCopy = { state: null, usedAt: performance.now() };
    this.#copies.set(stateId, copy, { size: bytes });
    try {
      copy.state = await this.#options.fetch(stateId);
    } catch {
      // The state was dropped, or its thread has ended. Remove this copy, but not a newer one.
      if (this.#copies.peek(stateId) === copy) this.#copies.delete(stateId);
    }
  }
}

/** Loads the program. Ignores errors, because the worker threads can run it. */
async function open(program: Program): Promise<void> {
  try {
    // Loaded on demand: a process without single predictions needs no ONNX Runtime on this thread.
    const { compile } = await import('../threads/session.ts');
    program.session = await compile(program.model);
  } catch {
    // Without a session `run` answers null.
  }
}

async function compute(session: Session, feeds: Tensors): Promise<Computed> {
  const startedAt = performance.now();
  try {
    const y = predictionOf(await session.run(feeds));
    return { y, ms: performance.now() - startedAt };
  } catch (cause) {
    throw runFailed(cause);
  }
}
