/** Finds out with a small test write whether writes succeed. */
export interface WriteProbe extends Disposable {
  /** The result of a test write within the last second. False when the test write fails or gets no answer. */
  succeeds(): Promise<boolean>;
  /** Call this when a request's write fails. `succeeds` is then false until the next test write succeeds. */
  noteFailure(error: Error): void;
}

export interface WriteProbeOptions {
  /** Makes a small test write. Answers the reason when it is refused, else null. Rejects when it gets no answer. */
  write(): Promise<Error | null>;
  /** Called with the reason when writes start to fail or fail for a new reason, and with null when they succeed again. */
  onChange(reason: Error | null): void;
  /** Time between test writes that run without a call of `succeeds`. */
  readonly everyMs?: number;
}

/** Callers within this time share one test write. */
const FRESH_MS = 1000;
const EVERY_MS = 5000;

export function createWriteProbe({ write, onChange, everyMs = EVERY_MS }: WriteProbeOptions): WriteProbe {
  let reason: Error | null = null;
  let last: { readonly at: number; readonly result: Promise<boolean> } | null = null;

  const change = (found: Error | null): void => {
    const isNew = found?.message !== reason?.message;
    reason = found;
    if (isNew) onChange(found);
  };
  const probe = async (): Promise<boolean> => {
    try {
      change(await write());
      return reason === null;
    } catch {
      return false;
    }
  };
  const succeeds = (): Promise<boolean> => {
    const now = performance.now();
    if (last === null || now - last.at >= FRESH_MS) last = { at: now, result: probe() };
    return last.result;
  };
  const timer = setInterval(succeeds, everyMs).unref();

  return {
    succeeds,
    noteFailure(error) {
      change(error);
      last = { at: performance.now(), result: Promise.resolve(false) };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
