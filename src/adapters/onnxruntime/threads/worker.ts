/**
 * Entry point of a worker thread. The thread has its own sessions, because ONNX Runtime blocks the calling thread. It runs
 * either adaptations or predictions. For predictions it stores adapted states; the main thread decides which.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { InnerloopError } from '../../../errors.ts';
import type { ProgramName } from '../../../package/manifest.ts';
import { copyOf, mapTensors, type Tensors } from '../../../tensor.ts';
import { runInnerLoop, type StepSessions } from '../adapting/inner-loop.ts';
import { runSplits } from '../adapting/run-splits.ts';
import {
  buffersOf,
  owned,
  type Programs,
  predictionOf,
  type Reply,
  type Request,
  type WorkerThreadData,
} from './messages.ts';
import { compile, type Session } from './session.ts';

interface Sessions {
  readonly programs: Readonly<Partial<Record<ProgramName, Session>>>;
  readonly unrolled?: StepSessions['unrolled'];
}

interface Result {
  readonly result: Tensors;
  /** Default: the time from the start of the call. */
  readonly ms?: number;
}

const PROGRESS_INTERVAL_MS = 10;

if (!parentPort) throw new Error('Expected to run in a worker thread');
const port = parentPort;
const { executionProvider, threads = 1 } = workerData as WorkerThreadData;
/** By digest of the encoder. */
const encoders = new Map<string, Promise<Session>>();
/** By package digest. Promises, because a call can arrive while its package is still loading. */
const packages = new Map<string, Promise<Sessions>>();
const states = new Map<string, Tensors>();
const runningCalls = new Map<number, AbortController>();
/**
 * When the latest prediction ended. A prediction that was already waiting starts at this time; used to exclude waiting from
 * `ms`.
 */
let lastPredictedAt = 0;

function reply(message: Reply, tensors: Tensors = {}): void {
  port.postMessage(message, buffersOf(tensors));
}

async function answer(call: number, work: () => Promise<Result>): Promise<void> {
  const startedAt = performance.now();
  try {
    const { result, ms = performance.now() - startedAt } = await work();
    reply({ type: 'done', call, result, ms }, result);
  } catch (error) {
    const code = error instanceof InnerloopError ? error.code : 'internal';
    const message = error instanceof Error ? error.message : String(error);
    reply({ type: 'failed', call, code, message });
  }
}

async function sessionOf(digest: string, name: ProgramName): Promise<Session> {
  const session = (await packages.get(digest))?.programs[name];
  if (!session) throw new RangeError(`Expected a loaded ${name} program`);
  return session;
}

async function stepSessionsOf(digest: string): Promise<StepSessions> {
  const step = await sessionOf(digest, 'step');
  const unrolled = (await packages.get(digest))?.unrolled;
  return unrolled ? { step, unrolled } : { step };
}

function open(model: Uint8Array): Promise<Session> {
  return compile(model, { executionProvider });
}

async function openAll({ unrolled, ...programs }: Programs): Promise<Sessions> {
  const sessions: [string, Session][] = [];
  for (const [name, bytes] of Object.entries(programs)) sessions.push([name, await open(bytes)]);
  return {
    programs: Object.fromEntries(sessions),
    ...(unrolled && (await openUnrolled(unrolled))),
  };
}

/** Unrolled steps only save time: when the runtime cannot load them, the thread takes one step per run. */
async function openUnrolled({
  steps,
  model,
}: NonNullable<Programs['unrolled']>): Promise<Pick<Sessions, 'unrolled'>> {
  const session = await open(model).catch(() => null);
  return session ? { unrolled: { steps, session } } : {};
}

/** Imported on demand: few threads try a provider. */
async function tryProvider(): Promise<Result> {
  const module = await import('../providers/try-provider.ts');
  await module.tryProvider(executionProvider);
  return { result: {} };
}

async function load(digest: string, programs: Programs): Promise<Result> {
  const loading = openAll(programs);
  packages.set(digest, loading);
  await loading;
  return { result: {} };
}

async function loadEncoder({
  digest,
  program,
  folder,
}: Extract<Request, { type: 'loadEncoder' }>): Promise<Result> {
  const loading = compile(program, { executionProvider, threads, weightsFolder: folder });
  encoders.set(digest, loading);
  await loading;
  return { result: {} };
}

async function embed({ digest, inputs }: Extract<Request, { type: 'embed' }>): Promise<Result> {
  const session = await encoders.get(digest);
  if (!session) throw new RangeError('Expected a loaded encoder');
  return { result: mapTensors(await session.run(inputs), owned) };
}

/** Sends losses in groups: waking the main thread takes as long as a small step. */
function reportProgress(call: number) {
  let losses: number[] = [];
  let sentAt = performance.now();
  const flush = () => {
    if (losses.length > 0) reply({ type: 'progress', call, losses });
    losses = [];
    sentAt = performance.now();
  };
  const onStep = (loss: number) => {
    losses.push(loss);
    if (performance.now() - sentAt >= PROGRESS_INTERVAL_MS) flush();
  };
  return { onStep, flush };
}

/** Runs `work` until it ends, or until a message `cancel` aborts its signal. */
async function cancellable<T>(call: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  runningCalls.set(call, abort);
  try {
    return await work(abort.signal);
  } finally {
    runningCalls.delete(call);
  }
}

/** What a run of `steps` steps needs. */
async function adaptSessions({ digest, steps }: { readonly digest: string; readonly steps: number }) {
  return {
    init: await sessionOf(digest, 'init'),
    sessions: steps > 0 ? await stepSessionsOf(digest) : undefined,
  };
}

async function adapt(request: Extract<Request, { type: 'adapt' }>): Promise<Result> {
  const { onStep, flush } = reportProgress(request.call);
  const result = await cancellable(request.call, async (signal) =>
    runInnerLoop(request, { ...(await adaptSessions(request)), signal, onStep }),
  );
  flush();
  return { result };
}

/** The answers by the number of their split. */
async function splits(request: Extract<Request, { type: 'splits' }>): Promise<Result> {
  const answers = await cancellable(request.call, async (signal) => {
    const predict = await sessionOf(request.digest, 'predict');
    return runSplits(request, { ...(await adaptSessions(request)), predict, signal });
  });
  return { result: Object.fromEntries(answers.map((each, i) => [i, owned(each)])) };
}

function stateOf(stateId: string): Tensors {
  const state = states.get(stateId);
  if (!state) throw new RangeError('Expected a state that was put on this thread');
  return state;
}

async function predict({ digest, stateId, x }: Extract<Request, { type: 'predict' }>): Promise<Result> {
  const arrivedAt = performance.now();
  // Read the state before the first await: the next message can drop it.
  const state = stateOf(stateId);
  const session = await sessionOf(digest, 'predict');
  const y = predictionOf(await session.run({ ...state, x }));
  const startedAt = Math.max(arrivedAt, lastPredictedAt);
  lastPredictedAt = performance.now();
  return { result: { y: owned(y) }, ms: lastPredictedAt - startedAt };
}

/** Releases the sessions; the thread then exits by itself. The main thread sends this message after all calls have ended. */
async function close(): Promise<void> {
  for (const loading of packages.values()) {
    const loaded = await loading.catch(() => null);
    for (const session of Object.values(loaded?.programs ?? {})) await session.dispose();
    await loaded?.unrolled?.session.dispose();
  }
  for (const loading of encoders.values()) await (await loading.catch(() => null))?.dispose();
  port.close();
}

const handlers: {
  readonly [Type in Request['type']]: (request: Extract<Request, { type: Type }>) => unknown;
} = {
  tryProvider: ({ call }) => answer(call, tryProvider),
  load: ({ call, digest, programs }) => answer(call, () => load(digest, programs)),
  loadEncoder: (request) => answer(request.call, () => loadEncoder(request)),
  embed: (request) => answer(request.call, () => embed(request)),
  adapt: (request) => answer(request.call, () => adapt(request)),
  splits: (request) => answer(request.call, () => splits(request)),
  cancel: ({ call }) => runningCalls.get(call)?.abort(),
  putState: ({ stateId, state }) => states.set(stateId, state),
  copyState: ({ call, stateId }) =>
    answer(call, async () => ({ result: mapTensors(stateOf(stateId), copyOf) })),
  dropState: ({ stateId }) => states.delete(stateId),
  predict: (request) => answer(request.call, () => predict(request)),
  close,
};

port.on('message', (request: Request) => {
  const handle = handlers[request.type] as (request: Request) => unknown;
  handle(request);
});
