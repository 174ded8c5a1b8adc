import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

/**
 * Lets a process exit while its threads are inside the native library. An exit ends the JavaScript of all threads. A native
 * call that comes back to ended JavaScript throws an error in C++ that nothing catches, and the process aborts
 * (`terminate called after throwing an instance of 'Napi::Error'`). So an exit waits until no thread is inside, and
 * threads that call the library after that stop forever. The same can happen to a single thread: never terminate one
 * inside a call.
 *
 * All threads share two numbers: of calls in progress, and whether the process exits.
 */
const KEY = 'innerloop: native calls';
const [CALLS, IS_EXITING] = [0, 1] as const;
/** Calls take seconds. A thread that died of something else may have left its count. */
const PATIENCE_MS = 30_000;

/** Call it in the main thread, before it starts a thread that uses the library. */
export function exitAfterNativeCalls(): void {
  if (!isMainThread || shared()) return;
  const counts = new Int32Array(new SharedArrayBuffer(8));
  setEnvironmentData(KEY, counts);
  process.on('exit', () => {
    Atomics.store(counts, IS_EXITING, 1);
    for (let calls = Atomics.load(counts, CALLS); calls > 0; calls = Atomics.load(counts, CALLS))
      if (Atomics.wait(counts, CALLS, calls, PATIENCE_MS) === 'timed-out') return;
  });
}

/** Runs `call`, which may go into the native library. */
export async function nativeCall<T>(call: () => Promise<T>): Promise<T> {
  const counts = isMainThread ? undefined : shared();
  if (!counts) return call();
  Atomics.add(counts, CALLS, 1);
  // The call is counted first: so an exit that begins now sees the count and waits, or this line sees the exit.
  const isLate = Atomics.load(counts, IS_EXITING) === 1;
  try {
    if (!isLate) return await call();
  } finally {
    Atomics.sub(counts, CALLS, 1);
    Atomics.notify(counts, CALLS);
    if (Atomics.load(counts, IS_EXITING) === 1) blockForever(counts);
  }
  return blockForever(counts);
}

function shared(): Int32Array<SharedArrayBuffer> | undefined {
  return getEnvironmentData(KEY) as Int32Array<SharedArrayBuffer> | undefined;
}

/** Waits until the exit of the process ends this thread. */
function blockForever(counts: Int32Array<SharedArrayBuffer>): never {
  for (;;) Atomics.wait(counts, IS_EXITING, 1);
}
