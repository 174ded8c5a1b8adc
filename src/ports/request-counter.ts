/** Counts the requests of all processes, by key. */
export interface RequestCounter {
  /**
   * Counts one request. Answers how many there were in the window of `windowMs` that the first of them began, and how
   * long it lasts still. Rejects when it cannot count.
   */
  count(key: string, windowMs: number): Promise<{ readonly count: number; readonly msLeft: number }>;
}
