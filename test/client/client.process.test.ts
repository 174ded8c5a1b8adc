import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient, InnerloopProblem } from '../../src/client/index.ts';
import { bodyOf } from '../support/servers/body-of.ts';
import { serveBundled, serveForAll } from '../support/servers/serve.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

const photo = async (label: string, number: number) => {
  const bytes = await readFile(join(fixtures, 'photos', label, `${number}.jpg`));
  return new File([Uint8Array.from(bytes)], `${number}.jpg`, { type: 'image/jpeg' });
};
const example = async (label: string, number: number) => ({ label, input: await photo(label, number) });

describe('a client', { timeout: 120_000 }, () => {
  const all = serveForAll(['photos', 'sinusoid-maml']);
  const clientOfAll = () => createClient({ server: `${all.served.address}/` });

  it('teaches photos, texts, rows and a table, and asks about them', async () => {
    const client = createClient({ server: (await serveBundled(['photos', 'rows', 'text'])).address });
    const fruit = await Promise.all([1, 2, 3].flatMap((n) => [example('avocado', n), example('ginger', n)]));
    const taught = await client.adapt('fruit', fruit);
    expect(taught).toMatchObject({ status: 'succeeded', support: { labels: { avocado: 3, ginger: 3 } } });
    const fruits = await client.predict('fruit', [await photo('ginger', 4)], { reject: { coverage: 0.99 } });
    expect(fruits.predictions).toMatchObject([{ filename: '4.jpg', label: 'ginger' }]);

    await client.adapt('requests', [
      { label: 'card_lost', input: 'I lost my card' },
      { label: 'card_lost', input: 'Somebody took my card on the train' },
      { label: 'balance', input: 'How much money do I have?' },
      { label: 'balance', input: 'What is left on my account?' },
    ]);
    const texts = await client.predict('requests', ['My card is gone', 'How much is left?']);
    expect(texts.predictions.map(({ label }) => label)).toEqual(['card_lost', 'balance']);

    const customer = (age: number, city: string) => ({ age, city });
    await client.adapt('customers', {
      support: [20, 25, 30, 60, 65, 70].map((age) => ({
        label: age < 50 ? 'basic' : 'full',
        input: customer(age, 'Rome'),
      })),
      metadata: { by: 'a test' },
    });
    const rows = await client.predict('customers', [customer(22, 'Rome'), customer(68, 'Rome')]);
    expect(rows.predictions.map(({ label }) => label)).toEqual(['basic', 'full']);
    expect(await client.tasks.get('customers')).toMatchObject({ metadata: { by: 'a test' } });

    const table = async (name: string) =>
      new Blob([await readFile(join(fixtures, 'tables', name), 'utf8')], { type: 'text/csv' });
    await client.adapt('stays', { support: await table('customers.csv'), target: 'stays' });
    const stays = await client.predict('stays', await table('new-customers.csv'));
    expect(stays.predictions.map(({ label }) => label)).toEqual(['yes', 'no']);

    const names = [];
    for await (const { id } of client.tasks.list()) names.push(id);
    expect(names.sort()).toEqual(['customers', 'fruit', 'requests', 'stays']);
  });

  it('tells the progress, and gives the report', async () => {
    const client = clientOfAll();
    const events: string[] = [];
    const wave = Array.from({ length: 10 }, (_, i) => ({ input: [i - 5], target: [Math.sin(i - 5)] }));
    const { losses, task, id } = await client.adapt(
      'wave',
      { support: wave, model: 'sinusoid-maml' },
      {
        onEvent: ({ type, data }) => events.push(type === 'step' ? `step ${data.step}` : type),
      },
    );
    expect(events).toEqual(['queued', 'running', ...losses.map((_, i) => `step ${i + 1}`), 'succeeded']);
    expect(await client.report(task, id)).toMatchObject({ error: { n: 10 } });
  });

  it('corrects and erases examples, and goes back', async () => {
    const client = clientOfAll();
    const first = await client.adapt(
      'corrected',
      await Promise.all([example('avocado', 1), example('ginger', 1)]),
    );
    const wrong = { label: 'ginger', input: await photo('avocado', 2) };
    const second = await client.adapt('corrected', { support: [wrong], mode: 'append' });
    expect(second.support.examples).toBe(3);
    const stored = [];
    for await (const each of client.examples.list('corrected', { label: 'ginger', limit: 1 }))
      stored.push(each);
    expect(stored).toHaveLength(2);
    const [{ id = '' } = {}] = stored;
    expect((await client.examples.content('corrected', id)).type).toBe('image/jpeg');
    expect(await client.examples.relabel('corrected', id, { label: 'avocado' })).toMatchObject({
      label: 'avocado',
    });
    await client.adaptations.activate('corrected', first.id);
    expect((await client.tasks.get('corrected')).current).toBe(first.id);
    expect((await client.tasks.readapt('corrected')).support.labels).toEqual({ avocado: 2, ginger: 1 });
    const said = { input: await photo('ginger', 2), label: 'ginger', readapt: 'now' } as const;
    const { example: added, adaptation } = await client.feedback('corrected', said);
    expect(added).toMatchObject({ source: 'feedback', label: 'ginger' });
    if (adaptation) await client.adaptations.followed(adaptation);
    expect(await client.examples.erase('corrected', id)).toMatchObject({ examples: 1 });
    await client.tasks.delete('corrected');
    await expect(client.tasks.get('corrected')).rejects.toMatchObject({
      status: 404,
      code: 'task_not_found',
    });
  });

  it('says what the server says is wrong', async () => {
    const client = clientOfAll();
    const refused = await client.predict('../x', [1]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InnerloopProblem);
    const support = [{ input: [1], target: [Number.NaN] }];
    await expect(client.adapt('wave', { support, model: 'sinusoid-maml' })).rejects.toMatchObject({
      status: 400,
      code: 'invalid_input',
      pointer: '/support/0/target/0',
      expected: expect.any(String),
      got: 'null',
    });
    await expect(createClient({ server: 'http://127.0.0.1:9' }).models.list()).rejects.toMatchObject({
      status: 0,
      code: 'no_answer',
    });
  });
});

/** A server of another kind: it answers each request with the next of these, and then never. */
async function other(answers: readonly { status: number; after?: string; body?: object }[]) {
  const keys: (string | undefined)[] = [];
  const bodies: string[] = [];
  let waits = () => {};
  const isWaiting = new Promise<void>((resolve) => {
    waits = resolve;
  });
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    if (text === null) return;
    const { status, after, body = {} } = answers[keys.length] ?? { status: 0 };
    keys.push(request.headers['idempotency-key'] as string | undefined);
    bodies.push(text.replace(/-+[\w-]*\d{6,}[\w-]*/g, '--'));
    if (status === 0) waits();
    else
      response
        .writeHead(status, after === undefined ? {} : { 'retry-after': after })
        .end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, keys, bodies, isWaiting };
}

describe('a server that is busy', () => {
  const busy = { status: 429, after: '0', body: { code: 'rate_limited', detail: 'Too many requests' } };
  const done = { status: 200, body: { status: 'succeeded' } };

  it('is asked again with the same key and body, also a form', async () => {
    const { address, keys, bodies } = await other([busy, { ...busy, status: 503 }, done, done]);
    const client = createClient({ server: address });
    const file = new File(['picture'], 'a.png');
    expect(await client.adapt('t', [{ label: 'a', input: file }])).toEqual(done.body);
    expect(new Set(keys)).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{32}$/)]));
    expect(keys).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain('name="a"; filename="a.png"');
    await client.adapt('t', [{ label: 'a', input: 'text' }]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('is not asked for ever, nor when it says to come much later or is broken', async () => {
    const often = await other(Array.from({ length: 9 }, () => busy));
    await expect(createClient({ server: often.address, retries: 2 }).models.list()).rejects.toMatchObject({
      status: 429,
      code: 'rate_limited',
      message: 'Too many requests',
    });
    expect(often.keys).toHaveLength(3);
    for (const answer of [{ ...busy, after: '31' }, { status: 503 }, { status: 500, after: '0' }]) {
      const once = await other([answer]);
      const { status } = answer;
      await expect(createClient({ server: once.address }).models.list()).rejects.toMatchObject({ status });
      expect(once.keys).toHaveLength(1);
    }
  });

  it('is left when the signal aborts: while it is asked, and before it is asked again', async () => {
    const silent = await other([]);
    const enough = new AbortController();
    const asking = createClient({ server: silent.address }).predict('t', ['a'], { signal: enough.signal });
    await silent.isWaiting;
    enough.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');

    const later = await other([{ ...busy, after: '29' }]);
    const stopped = AbortSignal.timeout(100);
    await expect(createClient({ server: later.address }).models.list({ signal: stopped })).rejects.toThrow(
      /timeout/,
    );
    expect(later.keys).toHaveLength(1);
  });
});

it('an adaptation that did not succeed is an error with its record', async () => {
  const failed = { status: 'failed', error: { code: 'adaptation_diverged', message: 'the loss grew' } };
  const { address } = await other([{ status: 200, body: failed }]);
  await expect(createClient({ server: address }).adapt('t', [])).rejects.toMatchObject({
    code: 'adaptation_diverged',
    message: 'The adaptation failed: the loss grew',
    adaptation: failed,
  });
});
