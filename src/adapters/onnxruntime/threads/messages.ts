import type { Split } from '../../../domain/trust/folds.ts';
import type { ErrorCode } from '../../../errors.ts';
import type { ExecutionProvider } from '../../../execution-providers.ts';
import type { ProgramName } from '../../../package/manifest.ts';
import { copyOf, type Tensor, type Tensors } from '../../../tensor.ts';
import type { UnrolledSteps } from '../adapting/unrolled-steps.ts';

/** `workerData` of a worker thread. */
export interface WorkerThreadData {
  /** The execution provider of all sessions of the thread. */
  readonly executionProvider: ExecutionProvider;
  /** Threads that compute one run of an encoder. Default: 1. */
  readonly threads?: number;
}

/** A message to a worker thread. A message with a `call` gets one answer, `done` or `failed`, with the same number. */
export type Request =
  /** Checks that the execution provider computes. */
  | { readonly type: 'tryProvider'; readonly call: number }
  | { readonly type: 'load'; readonly call: number; readonly digest: string; readonly programs: Programs }
  | ({ readonly type: 'loadEncoder'; readonly call: number; readonly digest: string } & EncoderProgram)
  /** The inputs have a batch axis. */
  | { readonly type: 'embed'; readonly call: number; readonly digest: string; readonly inputs: Tensors }
  | ({ readonly type: 'adapt'; readonly call: number; readonly digest: string } & AdaptJob)
  | ({ readonly type: 'splits'; readonly call: number; readonly digest: string } & SplitsJob)
  | { readonly type: 'cancel'; readonly call: number }
  | { readonly type: 'putState'; readonly stateId: string; readonly state: Tensors }
  | { readonly type: 'copyState'; readonly call: number; readonly stateId: string }
  | { readonly type: 'dropState'; readonly stateId: string }
  | ({ readonly type: 'predict'; readonly call: number; readonly digest: string } & PredictJob)
  | { readonly type: 'close' };

/** The programs of one package that a thread runs. */
export interface Programs extends Readonly<Partial<Record<ProgramName, Uint8Array>>> {
  /** Absent when one step per run is as fast. */
  readonly unrolled?: UnrolledSteps;
}

/** An encoder: its graph, and the folder with its weights, which the runtime maps. */
export interface EncoderProgram {
  readonly program: Uint8Array;
  readonly folder: string;
}

export interface AdaptJob {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly steps: number;
  readonly rate: number;
}

export interface SplitsJob extends AdaptJob {
  readonly splits: readonly Split[];
}

/** A prediction with the state that an earlier `putState` has stored. */
export interface PredictJob {
  readonly stateId: string;
  readonly x: Tensor;
}

/** A message from a worker thread. `ms` is the computing time of the call. */
export type Reply =
  | { readonly type: 'progress'; readonly call: number; readonly losses: readonly number[] }
  | { readonly type: 'done'; readonly call: number; readonly result: Tensors; readonly ms: number }
  | { readonly type: 'failed'; readonly call: number; readonly code: ErrorCode; readonly message: string };

/** The transfer list of a message. It has no duplicates, although two tensors can share a buffer. */
export function buffersOf(tensors: Tensors): ArrayBuffer[] {
  return [...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer))];
}

/** `given`, or a copy when its values are part of a larger buffer, because a transfer would detach the whole buffer. */
export function owned(given: Tensor): Tensor {
  const { data } = given;
  const isWhole = data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength;
  return isWhole ? given : copyOf(given);
}

/** The output `y` of a predict program. @throws RangeError when it is missing */
export function predictionOf({ y }: Tensors): Tensor {
  if (!y) throw new RangeError('Expected an output y of the predict program, got none');
  return y;
}
