/**
 * A thread that owns sessions: ONNX Runtime blocks the thread it computes on. It serves either predictions, and then
 * holds the states, or adaptations. The sending side knows which states are here and which must go.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { InnerloopError } from '../../../errors.ts';
import type { ProgramName } from '../../../package/manifest.ts';
import { copyOf, mapTensors, type Tensors } from '../../../tensor.ts';
import { runAdapt } from '../adapting/run-adapt.ts';
import type { Steps } from '../adapting/run-steps.ts';
import { buffersOf, type LaneData, owned, type Programs, type Reply, type Request } from './messages.ts';
import { compile, type Session } from './session.ts';

interface Sessions {
  readonly programs: Readonly<Partial<Record<ProgramName, Session>>>;
  readonly leap?: Steps['leap'];
}

const TELL_AFTER_MS = 10;

if (!parentPort) throw new Error('Expected to run as a worker thread');
const port = parentPort;
const { executionProvider } = workerData as LaneData;
/** By package digest; promises, since a call may follow its package before that is loaded. */
const packages = new Map<string, Promise<Sessions>>();
const states = new Map<string, Tensors>();
const running = new Map<number, AbortController>();
/** When the latest prediction was done: one that came meanwhile has begun then. */
let lastPredictedAt = 0;

function reply(message: Reply, tensors: Tensors = {}): void {
  port.postMessage(message, buffersOf(tensors));
}

async function answer(call: number, work: () => Promise<{ result: Tensors; ms?: number }>): Promise<void> {
  try {
    const done = await work();
    reply({ type: 'done', call, ...done }, done.result);
  } catch (error) {
    const code = error instanceof InnerloopError ? error.code : 'internal';
    const message = error instanceof Error ? error.message : String(error);
    reply({ type: 'failed', call, code, message });
  }
}

async function program(digest: string, name: ProgramName): Promise<Session> {
  const session = (await packages.get(digest))?.programs[name];
  if (!session) throw new RangeError(`Expected a loaded ${name} program`);
  return session;
}

async function steps(digest: string): Promise<Steps> {
  const step = await program(digest, 'step');
  const leap = (await packages.get(digest))?.leap;
  return leap ? { step, leap } : { step };
}

function open(model: Uint8Array): Promise<Session> {
  return compile(model, { executionProvider });
}

async function compileAll({ leap, ...programs }: Programs): Promise<Sessions> {
  const sessions: [string, Session][] = [];
  for (const [name, bytes] of Object.entries(programs)) sessions.push([name, await open(bytes)]);
  return {
    programs: Object.fromEntries(sessions),
    ...(leap && (await compileLeap(leap))),
  };
}

/** A leap only saves time: where the runtime will not have it, steps are taken one by one. */
async function compileLeap({ steps, model }: NonNullable<Programs['leap']>): Promise<Pick<Sessions, 'leap'>> {
  const session = await open(model).catch(() => null);
  return session ? { leap: { steps, session } } : {};
}

/** What makes a model to try it with is loaded by this alone: most threads never do. */
async function tryIt(): Promise<{ result: Tensors }> {
  const { tryProvider } = await import('../providers/try-provider.ts');
  await tryProvider(executionProvider);
  return { result: {} };
}

async function load(digest: string, programs: Programs): Promise<{ result: Tensors }> {
  const loading = compileAll(programs);
  packages.set(digest, loading);
  await loading;
  return { result: {} };
}

/** Losses go together: to wake whoever listens takes as long as a small step. */
function tellNowAndThen(call: number) {
  let losses: number[] = [];
  let toldAt = performance.now();
  const tellAll = () => {
    if (losses.length > 0) reply({ type: 'steps', call, losses });
    losses = [];
    toldAt = performance.now();
  };
  const onStep = (loss: number) => {
    losses.push(loss);
    if (performance.now() - toldAt >= TELL_AFTER_MS) tellAll();
  };
  return { onStep, tellAll };
}

async function adapt(request: Extract<Request, { type: 'adapt' }>): Promise<{ result: Tensors }> {
  const { call, digest } = request;
  const abort = new AbortController();
  running.set(call, abort);
  const { onStep, tellAll } = tellNowAndThen(call);
  try {
    const result = await runAdapt(request, {
      init: await program(digest, 'init'),
      steps: request.steps > 0 ? await steps(digest) : undefined,
      signal: abort.signal,
      onStep,
    });
    tellAll();
    return { result };
  } finally {
    running.delete(call);
  }
}

function stateOf(stateId: string): Tensors {
  const state = states.get(stateId);
  if (!state) throw new RangeError('Expected a state that is kept here');
  return state;
}

async function predict({
  digest,
  stateId,
  x,
}: Extract<Request, { type: 'predict' }>): Promise<{ result: Tensors; ms: number }> {
  const cameAt = performance.now();
  // Before anything else is heard: the state may be dropped by the next message.
  const state = stateOf(stateId);
  const session = await program(digest, 'predict');
  const { y } = await session.run({ ...state, x });
  if (!y) throw new RangeError('Expected an output y of the predict program');
  const begunAt = Math.max(cameAt, lastPredictedAt);
  lastPredictedAt = performance.now();
  return { result: { y: owned(y) }, ms: lastPredictedAt - begunAt };
}

/** Nothing is pending: releases what was loaded, and the thread ends by itself. */
async function close(): Promise<void> {
  for (const loading of packages.values()) {
    const loaded = await loading.catch(() => null);
    for (const session of Object.values(loaded?.programs ?? {})) await session.dispose();
    await loaded?.leap?.session.dispose();
  }
  port.close();
}

const handlers: {
  readonly [Type in Request['type']]: (request: Extract<Request, { type: Type }>) => unknown;
} = {
  try: ({ call }) => answer(call, tryIt),
  load: ({ call, digest, programs }) => answer(call, () => load(digest, programs)),
  adapt: (request) => answer(request.call, () => adapt(request)),
  cancel: ({ call }) => running.get(call)?.abort(),
  keep: ({ stateId, state }) => states.set(stateId, state),
  copy: ({ call, stateId }) => answer(call, async () => ({ result: mapTensors(stateOf(stateId), copyOf) })),
  drop: ({ stateId }) => states.delete(stateId),
  predict: (request) => answer(request.call, () => predict(request)),
  close,
};

port.on('message', (request: Request) => {
  const handle = handlers[request.type] as (request: Request) => unknown;
  handle(request);
});
