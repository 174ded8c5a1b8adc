import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  createContentDecoder,
  type DecodingOptions,
} from '../../../src/adapters/decoding/content-decoder.ts';
import { defaultPictureLimits } from '../../../src/adapters/sharp/decoder.ts';
import { defaultTextLimits } from '../../../src/adapters/text/read-text.ts';
import { textContent } from '../../../src/domain/content.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { DecodeLimits } from '../../../src/ports/content-decoder.ts';
import { deferred } from '../../support/deferred.ts';
import { processFile } from '../../support/tiers/processes.ts';

/** Threads that do what the texts say: see `unruly-worker.ts`. */
function unruly(options: Partial<DecodingOptions> = {}) {
  const decoder = createContentDecoder({
    threads: 1,
    pictures: defaultPictureLimits,
    texts: defaultTextLimits,
    sounds: { seconds: 30 },
    module: { name: 'unruly-worker', importer: pathToFileURL(processFile('unruly-worker')).href },
    ...options,
  });
  const say = async (text: string, limits?: DecodeLimits) => {
    const { content } = await decoder.canonical(textContent(text), limits);
    return Buffer.from(content.bytes).toString();
  };
  return { say, [Symbol.asyncDispose]: () => decoder[Symbol.asyncDispose]() };
}

describe('a decoding thread', () => {
  it.each([
    ['takes too long', 'hang', { timeoutMs: 1000 }, /content that decodes within 1 s, got one that takes/],
    [
      'needs too much memory',
      'memory',
      { heapMb: 32 },
      /content that decodes within 32 MB of memory, got one/,
    ],
    ['ends its thread', 'exit', {}, /stopped unexpectedly: try again/],
  ])('that %s fails this content, and no other', async (_name, order, options, message) => {
    await using decoder = unruly(options);
    const [before, culprit, after] = await Promise.allSettled(
      ['before', order, 'after'].map((text) => decoder.say(text)),
    );
    expect(before).toEqual({ status: 'fulfilled', value: 'before' });
    expect(culprit).toMatchObject({ status: 'rejected', reason: expect.any(InnerloopError) });
    expect(String((culprit as PromiseRejectedResult).reason)).toMatch(message);
    expect(after).toEqual({ status: 'fulfilled', value: 'after' });
  });

  // A few pixels are counted after they are decoded, many before.
  it.each([
    ['few', 7],
    ['many', 70_000],
  ])('decodes others while a content of %s pixels waits for its budget', async (_name, amount) => {
    await using decoder = unruly();
    const earlier = deferred();
    let isDone = false;
    const waiting = decoder.say(`take ${amount}`, { take: () => earlier.promise });
    void waiting.then(() => {
      isDone = true;
    });
    expect(await decoder.say('other')).toBe('other');
    expect(isDone).toBe(false);
    earlier.resolve();
    expect(await waiting).toBe(`take ${amount}`);
  });

  it.each([
    ['few', 5],
    ['many', 50_000],
  ])('refuses a content of %s pixels for which its budget has no room', async (_name, most) => {
    await using decoder = unruly();
    const tooMany = new InnerloopError('invalid_image', 'Too many', { expected: `at most ${most}` });
    const take = async (amount: number) => {
      if (amount > most) throw tooMany;
    };
    await expect(decoder.say(`take ${most + 1}`, { take })).rejects.toMatchObject({
      code: 'invalid_image',
      message: 'Too many',
      details: { expected: `at most ${most}` },
    });
    expect(await decoder.say(`take ${most}`, { take })).toBe(`take ${most}`);
  });

  it('that fails after its pixels are counted uses up its budget, and says why it failed', async () => {
    await using decoder = unruly();
    const counted: number[] = [];
    const take = async (amount: number) => void counted.push(amount);
    for (const amount of [7, 70_000])
      await expect(decoder.say(`damaged ${amount}`, { take })).rejects.toThrow('could not be read');
    expect(counted).toEqual([7, 70_000]);
  });

  it('starts a content again that waited for its budget when another ended the thread, and counts it once', async () => {
    await using decoder = unruly({ timeoutMs: 1000 });
    const counted: number[] = [];
    const earlier = deferred();
    const waiting = decoder.say('take 70000', {
      take: (amount) => {
        counted.push(amount);
        return earlier.promise;
      },
    });
    await expect(decoder.say('hang')).rejects.toThrow('takes longer');
    earlier.resolve();
    expect(await waiting).toBe('take 70000');
    expect(counted).toEqual([70_000]);
  });
});

describe('the pool', () => {
  it('decodes contents of predictions before those of support sets', async () => {
    await using decoder = unruly();
    const done: string[] = [];
    const say = (text: string, urgency: 'prediction' | 'support') =>
      decoder.say(text, { urgency }).then((answer) => done.push(answer));
    await Promise.all([
      say('running', 'support'),
      say('support', 'support'),
      say('prediction', 'prediction'),
    ]);
    expect(done).toEqual(['running', 'prediction', 'support']);
  });

  it('forgets a content whose caller has gone before a thread was free', async () => {
    await using decoder = unruly();
    const gone = new AbortController();
    const [first, second] = [decoder.say('first'), decoder.say('hang', { signal: gone.signal })];
    gone.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    expect(await first).toBe('first');
    expect(await decoder.say('next')).toBe('next');
  });

  it('finishes all contents before it closes, and takes no more', async () => {
    const decoder = unruly();
    const answers = Promise.all(['a', 'b', 'c'].map((text) => decoder.say(text)));
    await decoder[Symbol.asyncDispose]();
    expect(await answers).toEqual(['a', 'b', 'c']);
    await expect(decoder.say('late')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
