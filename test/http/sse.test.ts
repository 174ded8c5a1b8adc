import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { eventStream } from '../../src/http/sse.ts';

const options = { heartbeatMs: 60_000, log: pino({ level: 'silent' }) };

it('takes no more events than a caller who reads nothing has room for, and ends them when it goes', async () => {
  let taken = 0;
  let ended = false;
  async function* events() {
    try {
      for (;;) {
        taken += 1;
        yield { id: taken, type: 'step' as const, data: { step: taken, loss: 0.5 } };
        await new Promise(setImmediate);
      }
    } finally {
      ended = true;
    }
  }
  const stream = eventStream(events(), options);
  await vi.waitFor(() => expect(stream.readableLength).toBeGreaterThan(10_000));
  // How much room there is differs by version of Node; that it comes to an end does not.
  const settles = async () => {
    const before = taken;
    for (let i = 0; i < 100; i++) await new Promise(setImmediate);
    expect(taken).toBe(before);
  };
  await vi.waitFor(settles, { timeout: 20_000 });
  stream.destroy();
  await vi.waitFor(() => expect(ended).toBe(true));
});
