/** Watches one answer of a server. */
export interface StallWatch extends Disposable {
  /** Aborts with the caller's signal, or when the server sends nothing for a while. */
  readonly signal: AbortSignal;
  /** Bytes of the content that have arrived. */
  readonly bytes: number;
  /** The server has sent something, with this many bytes of the content. */
  arrived(bytes: number): void;
}

export function stallWatch(stallMs: number, signal: AbortSignal | undefined): StallWatch {
  const stalled = new AbortController();
  const reason = new Error(`the server has sent nothing for ${stallMs / 1000} s`);
  const timer = setTimeout(() => stalled.abort(reason), stallMs);
  let bytes = 0;
  return {
    signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    get bytes() {
      return bytes;
    },
    arrived(more) {
      bytes += more;
      timer.refresh();
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
