import { setImmediate } from 'node:timers/promises';
import { joinRows, splitRows } from '../../tasks/rows.ts';
import { sizeOf, type Tensor, type Tensors } from '../../tensor.ts';
import type { Batched } from './messages.ts';

/** Rows [B, …] of one prediction, or a part of a large one. */
interface Part {
  readonly x: Tensor;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Rows of the answer, and of the batches they were in. */
interface Answer extends Batched {
  readonly y: Tensor;
}

type Forward = (state: Tensors, x: Tensor) => Promise<Tensor>;

/**
 * Joins predictions on one state that wait at the same time. While a batch computes, the next ones gather; states
 * take turns, so that a busy one holds up another for one batch at most.
 */
export function createBatcher(maxRows: number) {
  const waiting = new Map<Tensors, { readonly forward: Forward; readonly parts: Part[] }>();
  let running = false;

  async function runAll(): Promise<void> {
    running = true;
    // One turn of the event loop: whatever has arrived by then joins the first batch.
    await setImmediate();
    for (const [state, { forward, parts }] of waiting) {
      waiting.delete(state);
      const batch = takeBatch(parts, maxRows);
      // Behind all others; a Map's iteration visits what is added during it.
      if (parts.length > 0) waiting.set(state, { forward, parts });
      await runBatch(batch, (x) => forward(state, x));
    }
    running = false;
  }

  function submit(forward: Forward, state: Tensors, x: Tensor): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const queue = waiting.get(state) ?? { forward, parts: [] };
      waiting.set(state, queue);
      queue.parts.push({ x, resolve, reject });
      if (!running) void runAll();
    });
  }

  /** `forward(state, x)` in batches. A state is used with one `forward` only. */
  return async (forward: Forward, state: Tensors, x: Tensor): Promise<Answer> => {
    if ((x.shape[0] ?? 0) <= maxRows) return submit(forward, state, x);
    const parts = splitRows(x, maxRows).map((part) => submit(forward, state, part));
    const answers = await Promise.all(parts);
    return {
      y: joined(answers.map(({ y }) => y)),
      ms: answers.reduce((sum, { ms }) => sum + ms, 0),
      rows: answers.flatMap(({ rows }) => rows),
    };
  };
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

async function runBatch(batch: readonly Part[], forward: (x: Tensor) => Promise<Tensor>): Promise<void> {
  try {
    const [only] = batch;
    const isAlone = only !== undefined && batch.length === 1;
    const x = isAlone ? only.x : joined(batch.map(({ x }) => x));
    const started = performance.now();
    const y = await forward(x);
    const ms = performance.now() - started;
    let rows = [x.shape[0] ?? 0];
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
