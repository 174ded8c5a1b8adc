import { joinRows, sizeOf, splitRows, type Tensor } from '../../../tensor.ts';

/** What a run over rows [B, …] answers: theirs in order, and how long it computed. */
export interface Computed {
  readonly y: Tensor;
  readonly ms: number;
}

/** Rows of the answer to one prediction, and what became of them. */
export interface Batched extends Computed {
  /** Rows of each batch they were in, told to one of those that shared it. */
  readonly rows: readonly number[];
}

export type Forward = (x: Tensor) => Promise<Computed>;

/** Rows [B, …] of one prediction, or a part of a large one. */
interface Part {
  readonly x: Tensor;
  resolve(answer: Batched): void;
  reject(error: unknown): void;
}

interface Waiting {
  readonly forward: Forward;
  readonly parts: Part[];
  rows: number;
}

interface Bounds {
  /** Of a batch. */
  readonly maxRows: number;
  /** That wait no longer for others: whoever computes would wait for them. */
  readonly enoughRows: number;
  /** Rows under way from which on all others wait, and gather. Below it a batch waits behind the others where it computes. */
  readonly busyRows: number;
}

/**
 * Joins predictions on one state that wait at the same time. While batches compute, the next ones gather; states
 * take turns, so that a busy one holds up another for one batch at most.
 */
export class Batcher {
  readonly #bounds: Bounds;
  readonly #waiting = new Map<string, Waiting>();
  #rowsUnderWay = 0;
  #isDue = false;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** `forward(x)` in batches with others of the same state, which is used with one `forward` only. */
  async run(stateId: string, forward: Forward, x: Tensor): Promise<Batched> {
    const { maxRows } = this.#bounds;
    if ((x.shape[0] ?? 0) <= maxRows) return this.#submit(stateId, forward, x);
    const parts = splitRows(x, maxRows).map((part) => this.#submit(stateId, forward, part));
    const answers = await Promise.all(parts);
    return {
      y: joined(answers.map(({ y }) => y)),
      ms: answers.reduce((sum, { ms }) => sum + ms, 0),
      rows: answers.flatMap(({ rows }) => rows),
    };
  }

  /** Begins whatever waits for a state: afterwards it may go. */
  flush(stateId: string): void {
    const waiting = this.#waiting.get(stateId);
    this.#waiting.delete(stateId);
    while (waiting && waiting.rows > 0) void this.#start(waiting);
  }

  /** Fails all that waits. */
  abandon(error: unknown): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { parts } of all) for (const { reject } of parts) reject(error);
  }

  #submit(stateId: string, forward: Forward, x: Tensor): Promise<Batched> {
    return new Promise((resolve, reject) => {
      let waiting = this.#waiting.get(stateId);
      if (!waiting) {
        waiting = { forward, parts: [], rows: 0 };
        this.#waiting.set(stateId, waiting);
      }
      waiting.parts.push({ x, resolve, reject });
      waiting.rows += x.shape[0] ?? 0;
      if (waiting.rows >= this.#bounds.enoughRows) this.#startNext();
      else this.#startSoon();
    });
  }

  /** After one turn of the event loop: whatever has arrived by then joins the batch. */
  #startSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#startNext();
    });
  }

  #startNext(): void {
    for (const [stateId, waiting] of this.#waiting) {
      if (this.#rowsUnderWay >= this.#bounds.busyRows) return;
      this.#waiting.delete(stateId);
      void this.#start(waiting);
      // Behind all others; a Map's iteration visits what is added during it.
      if (waiting.parts.length > 0) this.#waiting.set(stateId, waiting);
    }
  }

  async #start(waiting: Waiting): Promise<void> {
    const batch = takeBatch(waiting.parts, this.#bounds.maxRows);
    const rows = batch.reduce((sum, { x }) => sum + (x.shape[0] ?? 0), 0);
    waiting.rows -= rows;
    this.#rowsUnderWay += rows;
    await runBatch(batch, waiting.forward);
    this.#rowsUnderWay -= rows;
    if (this.#waiting.size > 0) this.#startSoon();
  }
}

/** The first part, and those behind it as long as they fit. */
function takeBatch(parts: Part[], maxRows: number): readonly Part[] {
  let rows = 0;
  const end = parts.findIndex(({ x }, i) => {
    rows += x.shape[0] ?? 0;
    return i > 0 && rows > maxRows;
  });
  return parts.splice(0, end < 0 ? parts.length : end);
}

async function runBatch(batch: readonly Part[], forward: Forward): Promise<void> {
  try {
    const [only] = batch;
    const isAlone = only !== undefined && batch.length === 1;
    const x = isAlone ? only.x : joined(batch.map(({ x }) => x));
    // What is handed to another thread is gone from here, its shape is not.
    let rows = [x.shape[0] ?? 0];
    const { y, ms } = await forward(x);
    if (isAlone) return only.resolve({ y, ms, rows });
    const [, ...row] = y.shape;
    let at = 0;
    for (const { x, resolve } of batch) {
      const shape = [x.shape[0] ?? 0, ...row];
      const end = at + sizeOf(shape);
      resolve({ y: { shape, data: y.data.slice(at, end) }, ms, rows });
      at = end;
      rows = [];
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function joined(tensors: readonly Tensor[]): Tensor {
  const rows = joinRows(tensors);
  if (!rows) throw new RangeError('Expected rows of one shape');
  return rows;
}
