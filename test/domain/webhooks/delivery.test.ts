import { describe, expect, it } from 'vitest';
import {
  attempted,
  claimed,
  type Delivery,
  messageId,
  reasonToDisable,
} from '../../../src/domain/webhooks/delivery.ts';
import { delivery } from '../../support/contracts/outbox.ts';

const now = new Date(Date.UTC(2026, 0, 1));
const retries = [5000, 300_000];
const tried = (attempts: number, status: number | null, error: string | null = null): Delivery =>
  attempted(delivery(1, { attempts }), { status, error }, retries, now);

describe('a delivery', () => {
  it('counts an attempt when it begins, and stays leased for longer than the attempt may take', () => {
    const claim = claimed(delivery(1, { attempts: 2 }), now);
    expect(claim).toMatchObject({ status: 'waiting', attempts: 3 });
    expect(Number(claim.dueAt) - now.getTime()).toBeGreaterThan(2 * 5000);
  });

  it.each([200, 201, 204, 299])('succeeds with the answer %s', (status) => {
    expect(tried(1, status)).toMatchObject({
      status: 'succeeded',
      response: status,
      error: null,
      dueAt: null,
    });
  });

  it.each([199, 300, 301, 308, 400, 404, 429, 500, 503])('is repeated after the answer %s', (status) => {
    const error = `The receiver answered ${status}`;
    expect(tried(1, status)).toMatchObject({ status: 'waiting', response: status, error });
  });

  it('waits as the schedule says, and up to a fifth longer, differently for each message', () => {
    const waits = Array.from({ length: 200 }, (_, n) => {
      const failed = attempted(delivery(n, { attempts: 2 }), { status: 500, error: null }, retries, now);
      return Number(failed.dueAt) - now.getTime();
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(300_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(360_000);
    // Spread over the fifth.
    expect(Math.min(...waits)).toBeLessThan(305_000);
    expect(Math.max(...waits)).toBeGreaterThan(355_000);
    expect(tried(2, 500)).toEqual(tried(2, 500));
  });

  it('fails after the last attempt of the schedule, with the reason', () => {
    expect(tried(2, null, 'No answer').status).toBe('waiting');
    const failed = tried(3, null, 'No answer');
    expect(failed).toMatchObject({ status: 'failed', response: null, error: 'No answer', dueAt: null });
    expect(reasonToDisable(failed)).toBe('A message failed 3 times; the last time: No answer');
  });

  it('fails at once with the answer 410', () => {
    const failed = tried(1, 410);
    expect(failed).toMatchObject({ status: 'failed', response: 410, dueAt: null });
    expect(reasonToDisable(failed)).toMatch(/answered 410/);
  });

  it('has an id that sorts by time', () => {
    const random = (size: number) => Buffer.alloc(size, 0xff);
    const later = messageId(new Date(now.getTime() + 1), (size) => Buffer.alloc(size));
    expect(messageId(now, random) < later).toBe(true);
    expect(later).toMatch(/^msg_[0-9a-f]{32}$/);
  });
});
