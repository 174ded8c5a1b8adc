/** Whether writes succeed, found out by a small write of our own. */
export interface WriteProbe extends Disposable {
  /** Of the last second. False also while nothing answers. */
  succeeds(): Promise<boolean>;
  /** A write of a request has failed: `succeeds` is false until the next probe has succeeded. */
  noteFailure(error: Error): void;
}

export interface WriteProbeOptions {
  /** Writes something small. Answers why that is refused, or null; rejects when nothing answers. */
  write(): Promise<Error | null>;
  /** Called when writes begin to fail, when they fail for another reason, and with null when they succeed again. */
  onChange(reason: Error | null): void;
  /** Time between probes that nobody asks for. */
  readonly everyMs?: number;
}

/** Two callers within this time share a probe. */
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
