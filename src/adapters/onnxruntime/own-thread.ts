import type { Tensor, Tensors } from '../../tensor.ts';
import type { Computed } from './batcher.ts';
import { notRun } from './lane.ts';
import type { Session } from './session.ts';

interface Options {
  /** Bytes that copies of states may take now. */
  room(): number;
  /** A copy of a state, from the thread that keeps it. */
  fetch(stateId: string): Promise<Tensors>;
}

interface Program {
  readonly model: Uint8Array;
  /** The least that was seen: what is more was spent waiting for a core. */
  msPerRow: number;
  session: Session | null;
  isAsked: boolean;
}

interface Copy {
  readonly bytes: number;
  state: Tensors | null;
}

/** A message to another thread and back takes a fifth of this; nothing else is heard for as long. */
const MAX_MS = 0.5;

/**
 * Predictions on the calling thread, which small ones leave sooner than a message to another thread comes back. It blocks,
 * so it is for a prediction that is alone: whoever asks decides that. The states here are copies of those on the
 * predicting threads, in the memory that these leave; without one a prediction is made there as ever.
 */
export class OwnThread {
  readonly #options: Options;
  readonly #programs = new Map<string, Program>();
  /** The first were copied first. */
  readonly #copies = new Map<string, Copy>();
  readonly #running = new Set<Promise<unknown>>();
  #bytes = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Of the copies. */
  get bytes(): number {
    return this.#bytes;
  }

  add(digest: string, model: Uint8Array): void {
    this.#programs.set(digest, { model, msPerRow: Number.POSITIVE_INFINITY, session: null, isAsked: false });
  }

  /** A batch of a package's predictions has taken so long. */
  learn(digest: string, rows: number, ms: number): void {
    const program = this.#programs.get(digest);
    if (program) program.msPerRow = Math.min(program.msPerRow, ms / rows);
  }

  /** Whether it would take no longer than anybody may wait. */
  isQuick(digest: string, rows: number): boolean {
    const program = this.#programs.get(digest);
    return program !== undefined && rows * program.msPerRow <= MAX_MS;
  }

  /** The prediction of `x` [B, …]; null where program or state are not here. */
  run(digest: string, stateId: string, x: Tensor): Promise<Computed> | null {
    const session = this.#programs.get(digest)?.session;
    const state = this.#copies.get(stateId)?.state;
    if (!session || !state) return null;
    const running = compute(session, { ...state, x });
    this.#running.add(running);
    const done = () => this.#running.delete(running);
    running.then(done, done);
    return running;
  }

  /** So that a later `run` finds program and state, of so many bytes, if there is room. */
  prepare(digest: string, stateId: string, bytes: number): void {
    const program = this.#programs.get(digest);
    if (program && !program.isAsked) void open(program);
    if (!this.#copies.has(stateId) && bytes <= this.#options.room()) void this.#copy(stateId, bytes);
  }

  drop(stateId: string): void {
    const copy = this.#copies.get(stateId);
    if (copy && this.#copies.delete(stateId)) this.#bytes -= copy.bytes;
  }

  /** Drops what was copied first until all copies have so many bytes. */
  shrinkTo(bytes: number): void {
    for (const stateId of this.#copies.keys()) {
      if (this.#bytes <= bytes) return;
      this.drop(stateId);
    }
  }

  /** After the predictions that run. */
  async close(): Promise<void> {
    this.shrinkTo(0);
    await Promise.allSettled(this.#running);
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    for (const { session } of programs) await session?.dispose();
  }

  async #copy(stateId: string, bytes: number): Promise<void> {
    const copy: Copy = { bytes, state: null };
    this.#copies.set(stateId, copy);
    this.#bytes += bytes;
    try {
      copy.state = await this.#options.fetch(stateId);
    } catch {
      // It is gone by now, or its thread is. A newer copy stays.
      if (this.#copies.get(stateId) === copy) this.drop(stateId);
    }
  }
}

/** A program that the threads have loaded and this one cannot stays with them. */
async function open(program: Program): Promise<void> {
  program.isAsked = true;
  // Only now: a process whose predictions are never alone has no use for the runtime on this thread.
  const { compile } = await import('./session.ts');
  program.session = await compile(program.model).catch(() => null);
}

async function compute(session: Session, feeds: Tensors): Promise<Computed> {
  const begunAt = performance.now();
  const { y } = await session.run(feeds).catch((cause) => Promise.reject(notRun(cause)));
  if (!y) throw notRun('No y came back');
  return { y, ms: performance.now() - begunAt };
}
