/** Counts the requests of all processes, by key. */
export interface RequestCounter {
  /**
   * Counts one request. The first request starts a window of `windowMs`. Answers the number of requests in the window, and
   * the time until its end. Rejects when it cannot count.
   */
  count(key: string, windowMs: number): Promise<{ readonly count: number; readonly msLeft: number }>;
}
