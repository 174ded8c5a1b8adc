import { pino } from 'pino';
import { expect, it } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { eventStream } from '../../../src/http/connection/sse.ts';
import { eventually } from '../../support/eventually.ts';

const options = { heartbeatMs: 60_000, log: pino({ level: 'silent' }) };

it('reads no more events than fit in the buffer of a caller that does not read, and ends when it disconnects', async () => {
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
  await eventually(() => expect(stream.readableLength).toBeGreaterThan(10_000));
  // The size of the buffer depends on the version of Node, but it is always limited.
  const settles = async () => {
    const before = taken;
    for (let i = 0; i < 100; i++) await new Promise(setImmediate);
    expect(taken).toBe(before);
  };
  await eventually(settles, { timeout: 20_000 });
  stream.destroy();
  await eventually(() => expect(ended).toBe(true));
});

it.each([
  { code: 'unavailable', level: 'warn' },
  { code: 'internal', level: 'error' },
] as const)('logs a stream that ends early with $code as $level', async ({ code, level }) => {
  const lines: string[] = [];
  const log = pino(
    { level: 'trace', formatters: { level: (label) => ({ level: label }) } },
    {
      write: (line: string) => void lines.push(line),
    },
  );
  async function* events() {
    yield { id: 1, type: 'queued' as const, data: {} };
    throw new InnerloopError(code, 'The store is away');
  }
  const stream = eventStream(events(), { ...options, log });
  stream.on('error', () => undefined).resume();
  await eventually(() => expect(lines.map((line) => JSON.parse(line).level)).toEqual([level]));
});
