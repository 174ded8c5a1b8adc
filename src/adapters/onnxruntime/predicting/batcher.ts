import { joinRows, sizeOf, splitRows, type Tensor } from '../../../tensor.ts';

/** Rows [B, …] of the answer in the order of the input, and the time of their computation. */
export interface Computed {
  readonly y: Tensor;
  readonly ms: number;
}

export interface Batched extends Computed {
  /** Number of rows of each batch with rows of this prediction. Only the first prediction in a batch lists that batch. */
  readonly rows: readonly number[];
}

export type Forward = (x: Tensor) => Promise<Computed>;

/** Rows [B, …] of one prediction, or a part of a large one. */
interface Part {
  readonly x: Tensor;
  resolve(answer: Batched): void;
  reject(error: unknown): void;
}

/** Queued predictions on one state. */
interface StateQueue {
  readonly forward: Forward;
  readonly parts: Part[];
  rows: number;
}

interface Limits {
  /** Rows of one batch. */
  readonly maxRows: number;
  /** Start a batch at once when this many rows of one state are queued, so that the thread never idles. */
  readonly flushRows: number;
  /** Start no batch while this many rows are in flight: the next batches gather rows instead. */
  readonly maxRowsInFlight: number;
}

/**
 * Joins concurrent predictions on one state into batches. While enough batches are in flight, new predictions wait and form
 * the next batches. States take turns, so a busy state delays another one by at most one batch.
 */
export class Batcher {
  readonly #limits: Limits;
  readonly #queues = new Map<string, StateQueue>();
  #rowsInFlight = 0;
  #isScheduled = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** `forward(x)`, batched with other predictions on the same state. Always pass one `forward` for one state. */
  async run(stateId: string, forward: Forward, x: Tensor): Promise<Batched> {
    const { maxRows } = this.#limits;
    if ((x.shape[0] ?? 0) <= maxRows) return this.#enqueue(stateId, forward, x);
    const parts = splitRows(x, maxRows).map((part) => this.#enqueue(stateId, forward, part));
    const answers = await Promise.all(parts);
    return {
      y: join(answers.map(({ y }) => y)),
      ms: answers.reduce((sum, { ms }) => sum + ms, 0),
      rows: answers.flatMap(({ rows }) => rows),
    };
  }

  /** Starts all queued predictions on a state. Call it before the state is dropped. */
  flush(stateId: string): void {
    const queue = this.#queues.get(stateId);
    this.#queues.delete(stateId);
    while (queue && queue.rows > 0) void this.#startBatch(queue);
  }

  /** Rejects all queued predictions. */
  rejectAll(error: unknown): void {
    const all = [...this.#queues.values()];
    this.#queues.clear();
    for (const { parts } of all) for (const { reject } of parts) reject(error);
  }

  #enqueue(stateId: string, forward: Forward, x: Tensor): Promise<Batched> {
    return new Promise((resolve, reject) => {
      let queue = this.#queues.get(stateId);
      if (!queue) {
        queue = { forward, parts: [], rows: 0 };
        this.#queues.set(stateId, queue);
      }
      queue.parts.push({ x, resolve, reject });
      queue.rows += x.shape[0] ?? 0;
      if (queue.rows >= this.#limits.flushRows) this.#startBatches();
      else this.#schedule();
    });
  }

  /** Starts batches after one turn of the event loop, so that predictions of this turn share a batch. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#startBatches();
    });
  }

  #startBatches(): void {
    for (const [stateId, queue] of this.#queues) {
      if (this.#rowsInFlight >= this.#limits.maxRowsInFlight) return;
      this.#queues.delete(stateId);
      void this.#startBatch(queue);
      // Append behind the other states. The iteration of a Map also visits entries added during it.
      if (queue.parts.length > 0) this.#queues.set(stateId, queue);
    }
  }

  async #startBatch(queue: StateQueue): Promise<void> {
    const batch = takeBatch(queue.parts, this.#limits.maxRows);
    const rows = batch.reduce((sum, { x }) => sum + (x.shape[0] ?? 0), 0);
    queue.rows -= rows;
    this.#rowsInFlight += rows;
    await runBatch(batch, queue.forward);
    this.#rowsInFlight -= rows;
    if (this.#queues.size > 0) this.#schedule();
  }
}

/** Removes and answers the first part and the following parts that fit into one batch. */
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
    const isSingle = only !== undefined && batch.length === 1;
    const x = isSingle ? only.x : join(batch.map(({ x }) => x));
    // Read the row count first: `forward` can transfer the values of x to another thread.
    let rows = [x.shape[0] ?? 0];
    const { y, ms } = await forward(x);
    if (isSingle) return only.resolve({ y, ms, rows });
    const [, ...row] = y.shape;
    let offset = 0;
    for (const { x, resolve } of batch) {
      const shape = [x.shape[0] ?? 0, ...row];
      const end = offset + sizeOf(shape);
      resolve({ y: { shape, data: y.data.slice(offset, end) }, ms, rows });
      offset = end;
      rows = [];
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function join(tensors: readonly Tensor[]): Tensor {
  const joined = joinRows(tensors);
  if (!joined) throw new RangeError('Expected rows of one shape');
  return joined;
}
