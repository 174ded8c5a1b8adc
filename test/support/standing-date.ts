import { afterAll, beforeAll, vi } from 'vitest';

/** In the tests of the file, the date stands still until `pass` is called. Timers run as always. */
export function standingDate(): { pass(ms: number): void } {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterAll(() => {
    vi.useRealTimers();
  });
  return {
    pass(ms) {
      vi.setSystemTime(Date.now() + ms);
    },
  };
}
