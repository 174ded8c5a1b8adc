import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import type { Outbox } from '../../../src/ports/webhooks/outbox.ts';
import type { WebhookOptions } from '../../../src/service/webhooks/webhook-options.ts';
import { createWebhooks, type Webhooks } from '../../../src/service/webhooks/webhooks.ts';
import { deferred } from '../../support/deferred.ts';
import { createMemoryOutbox } from '../../support/memory/outbox.ts';
import { manualClock, ok, recordingSender, webhookOptions } from '../../support/webhooks/in-memory.ts';

const request = { url: 'https://example.com/hook', events: ['adaptation.succeeded'] } as const;
const bad = { status: 500, error: null };

/** Webhooks of one process. `answers` are those of the receiver, the last one for ever. */
function open(answers: readonly { status: number | null; error: string | null }[] = [ok]) {
  const clock = manualClock();
  const sender = recordingSender(() => answers[Math.min(sender.sent.length, answers.length) - 1] ?? ok);
  const errors: unknown[] = [];
  const options = webhookOptions({ sender });
  const outbox = createMemoryOutbox();
  const start = ({ due, ...change }: Partial<WebhookOptions & Pick<Outbox, 'due'>> = {}) =>
    createWebhooks({
      webhooks: { ...options, ...change },
      outbox: { ...outbox, ...(due && { due }) },
      clock,
      store: { adaptation: async () => null },
      onError: (error) => errors.push(error),
    });
  return { outbox, clock, sent: sender.sent, errors, webhooks: start(), start };
}

const tell = (webhooks: Webhooks, data: object, at = new Date(Date.UTC(2026, 0, 1))) =>
  webhooks.publish('acme', 'adaptation.succeeded', { at, of: [JSON.stringify(data)] }, { ...data });

const waits = [0, 6000, 360_000];

describe('a message', () => {
  it('is sent once, with the event and its time, to the webhooks that want it', async () => {
    const { webhooks, sent, clock } = open();
    const { webhook } = await webhooks.create('acme', request);
    await webhooks.create('acme', {
      ...request,
      url: 'https://example.com/2',
      events: ['adaptation.failed'],
    });
    await webhooks.create('other', { ...request, url: 'https://example.com/3' });
    await tell(webhooks, { task: 'runes' });
    await webhooks.deliverDue();
    await webhooks.deliverDue();
    expect(sent.map(({ url }) => url)).toEqual([request.url]);
    const timestamp = clock.now().toISOString();
    const body = { type: 'adaptation.succeeded', timestamp, data: { task: 'runes' } };
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual(body);
    expect(await webhooks.deliveries('acme', webhook.id)).toMatchObject([
      { id: sent[0]?.headers['webhook-id'], status: 'succeeded', attempts: 1, response: 204, dueAt: null },
    ]);
  });

  it('is repeated on schedule with the same id and body, and a new timestamp', async () => {
    const { webhooks, sent, clock } = open([bad, { status: null, error: 'No answer' }, ok]);
    const { webhook } = await webhooks.create('acme', request);
    await tell(webhooks, {});
    const [first = 0, second = 0, third = 0] = waits;
    for (const wait of [first, 4999, second - 4999, 299_000, third - 299_000, 1e9]) {
      clock.pass(wait);
      await webhooks.deliverDue();
    }
    expect(sent).toHaveLength(3);
    const all = (pick: (message: (typeof sent)[number]) => unknown) => new Set(sent.map(pick)).size;
    expect([all(({ headers }) => headers['webhook-id']), all(({ body }) => body)]).toEqual([1, 1]);
    expect(all(({ headers }) => headers['webhook-timestamp'])).toBe(3);
    expect(await webhooks.deliveries('acme', webhook.id)).toMatchObject([
      { status: 'succeeded', attempts: 3 },
    ]);
    expect((await webhooks.get('acme', webhook.id)).disabled).toBeNull();
  });

  it('that waits goes to the new URL of its webhook', async () => {
    const { webhooks, sent, clock } = open([bad, ok]);
    const { webhook } = await webhooks.create('acme', request);
    await tell(webhooks, {});
    await webhooks.deliverDue();
    await webhooks.change('acme', webhook.id, { url: 'https://example.com/new' });
    clock.pass(6000);
    await webhooks.deliverDue();
    expect(sent.map(({ url }) => url)).toEqual([request.url, 'https://example.com/new']);
  });

  it('is not sent to a webhook that a call has disabled, until a call enables it', async () => {
    const { webhooks, sent } = open();
    const { webhook } = await webhooks.create('acme', request);
    await tell(webhooks, { task: 'waits' });
    await webhooks.change('acme', webhook.id, { status: 'disabled' });
    await tell(webhooks, { task: 'between' });
    await webhooks.deliverDue();
    expect(sent).toEqual([]);
    expect(await webhooks.deliveries('acme', webhook.id)).toMatchObject([{ status: 'dropped' }]);
    await webhooks.change('acme', webhook.id, { status: 'enabled' });
    await tell(webhooks, { task: 'after' });
    await webhooks.deliverDue();
    expect(sent.map(({ body }) => JSON.parse(body).data.task)).toEqual(['after']);
  });

  it('that fails in every attempt disables its webhook, which then gets nothing', async () => {
    const { webhooks, sent, clock } = open([bad]);
    const { webhook } = await webhooks.create('acme', request);
    await tell(webhooks, {});
    for (const wait of waits) {
      clock.pass(wait);
      if (wait === waits.at(-1)) await tell(webhooks, { late: true }, clock.now());
      await webhooks.deliverDue();
    }
    const reason = 'A message failed 3 times; the last time: The receiver answered 500';
    expect((await webhooks.get('acme', webhook.id)).disabled).toEqual({
      at: clock.now().toISOString(),
      reason,
    });
    clock.pass(1e7);
    await tell(webhooks, { later: true });
    await webhooks.deliverDue();
    expect(sent).toHaveLength(4);
    const told = (await webhooks.deliveries('acme', webhook.id)).map(({ status, error }) => [status, error]);
    expect(told).toEqual([
      ['dropped', 'The webhook is disabled'],
      ['failed', 'The receiver answered 500'],
    ]);
  });

  it('that is answered 410 disables its webhook at once; a successful test enables it again', async () => {
    const { webhooks, sent, clock } = open([{ status: 410, error: null }, bad, ok]);
    const { webhook } = await webhooks.create('acme', request);
    await tell(webhooks, {});
    await webhooks.deliverDue();
    const { disabled } = await webhooks.get('acme', webhook.id);
    expect(disabled?.reason).toMatch(/answered 410/);
    expect(await webhooks.test('acme', webhook.id)).toMatchObject({
      event: 'webhook.test',
      status: 'failed',
      attempts: 1,
      response: 500,
    });
    expect((await webhooks.get('acme', webhook.id)).disabled).toEqual(disabled);
    expect(await webhooks.test('acme', webhook.id)).toMatchObject({ status: 'succeeded', response: 204 });
    expect((await webhooks.get('acme', webhook.id)).disabled).toBeNull();
    clock.pass(1e9);
    await webhooks.deliverDue();
    expect(sent).toHaveLength(3);
  });

  it('beyond the most that may wait is dropped, and is listed', async () => {
    const { start, sent } = open();
    const webhooks = start({ mostWaiting: 2 });
    const { webhook } = await webhooks.create('acme', request);
    for (const n of [1, 2, 3]) await tell(webhooks, { n });
    const listed = await webhooks.deliveries('acme', webhook.id);
    expect(listed.map(({ status }) => status).sort()).toEqual(['dropped', 'waiting', 'waiting']);
    await webhooks.deliverDue();
    expect(sent.map(({ body }) => JSON.parse(body).data.n).sort()).toEqual([1, 2]);
  });
});

describe('several processes', () => {
  it('send a message once, and another one sends it when the first has died', async () => {
    const { start, webhooks: first, clock, sent } = open();
    const answer = deferred<typeof ok>();
    const hanging = recordingSender(() => answer.promise);
    const dead = start({ sender: hanging });
    const { webhook } = await first.create('acme', request);
    await tell(first, {});
    const dying = dead.deliverDue();
    await expect.poll(() => hanging.sent.length).toBe(1);
    clock.pass(20_000);
    await first.deliverDue();
    expect(sent).toHaveLength(0);
    clock.pass(20_000);
    await first.deliverDue();
    expect(sent).toHaveLength(1);
    // The first one was only slow: its late result changes nothing.
    answer.resolve(bad as typeof ok);
    await dying;
    const [delivery] = await first.deliveries('acme', webhook.id);
    expect(delivery).toMatchObject({ status: 'succeeded', attempts: 2, response: 204 });
  });

  it('that tell of the same event send one message', async () => {
    const { start, webhooks, sent } = open();
    const { webhook } = await webhooks.create('acme', request);
    for (const each of [webhooks, start(), webhooks]) await tell(each, { n: 1 });
    await webhooks.deliverDue();
    await tell(start(), { n: 1 });
    await webhooks.deliverDue();
    expect(sent).toHaveLength(1);
    expect(await webhooks.deliveries('acme', webhook.id)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('share what is due', async () => {
    const { start, webhooks, sent } = open();
    await webhooks.create('acme', request);
    for (let n = 0; n < 4; n++) await tell(webhooks, { n });
    await Promise.all([1, 2, 3].map(() => start().deliverDue()));
    expect(sent.map(({ body }) => JSON.parse(body).data.n).sort()).toEqual([0, 1, 2, 3]);
  });

  it('with another key cannot sign, and say so', async () => {
    const { start, webhooks, sent } = open();
    const { webhook } = await webhooks.create('acme', request);
    const other = start({ key: Buffer.alloc(32) });
    expect(await other.test('acme', webhook.id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('another WEBHOOK_KEY'),
    });
    expect(sent).toHaveLength(0);
    await other.rotate('acme', webhook.id);
    expect((await other.test('acme', webhook.id)).status).toBe('succeeded');
  });
});

describe('the loop of a process', () => {
  it('sends what is published, at once, and waits at its end for what it is sending', async () => {
    const answer = deferred<typeof ok>();
    const sender = recordingSender(() => answer.promise);
    const { start } = open();
    const webhooks = start({ sender });
    const { webhook } = await webhooks.create('acme', request);
    const loop = webhooks.start();
    await tell(webhooks, {});
    await expect.poll(() => sender.sent.length).toBe(1);
    const ended = loop[Symbol.asyncDispose]();
    await tell(webhooks, { later: true });
    answer.resolve(ok);
    await ended;
    expect(sender.sent).toHaveLength(1);
    const statuses = (await webhooks.deliveries('acme', webhook.id)).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['succeeded', 'waiting']);
  });

  it('continues after an error of the store', async () => {
    const failures = [new InnerloopError('unavailable', 'away'), new Error('a bug')];
    const { start, outbox, errors, sent } = open();
    const due: typeof outbox.due = async (what) => {
      const failure = failures.shift();
      if (failure) throw failure;
      return outbox.due(what);
    };
    const webhooks = start({ due });
    await webhooks.create('acme', request);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await using _loop = webhooks.start();
    await tell(webhooks, {});
    // The message ends the wait after the first error, but not the wait after the second one.
    await vi.advanceTimersByTimeAsync(999);
    expect(sent).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(1);
    expect(errors).toEqual([new Error('a bug')]);
  });
});
