import { describe, expect, it } from 'vitest';
import { eventsAt } from '../../src/client/events.ts';
import { createTransport } from '../../src/client/transport.ts';

const all = ['queued', 'running', 'step', 'step', 'succeeded'];
const textOf = (types: readonly string[]) =>
  types.map((type, i) => `id: ${i + 1}\nevent: ${type}\ndata: {"é":${i}}\n\n`);

function answer(texts: readonly string[], breaks: boolean): Response {
  const chunks = texts.map((text) => new TextEncoder().encode(text));
  return new Response(
    new ReadableStream({
      pull(controller) {
        const next = chunks.shift();
        if (next) controller.enqueue(next);
        else if (breaks) controller.error(new TypeError('terminated', { cause: new Error('it is gone') }));
        else controller.close();
      },
    }),
  );
}

/** A server of these events, from the first that is asked for. After `breaksAfter` of them an answer breaks. */
function streaming(types: readonly string[], breaksAfter: readonly number[], hasEnded = false) {
  const asked: (string | null)[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    const lastId = new Headers(init?.headers).get('last-event-id');
    const most = breaksAfter[asked.length] ?? types.length;
    asked.push(lastId);
    const after = Number(lastId ?? 0);
    if (hasEnded && after >= types.length) return new Response(null, { status: 204 });
    return answer(textOf(types).slice(after, after + most), most < types.length);
  };
  return { transport: createTransport({ server: 'http://server', fetch }), asked };
}

async function typesOf(
  { transport }: ReturnType<typeof streaming>,
  { signal, to = 'end' }: { signal?: AbortSignal; to?: 'end' | 'report' } = {},
) {
  const types: string[] = [];
  for await (const { type } of eventsAt(transport, '/events', { signal, to })) types.push(type);
  return types;
}

describe('the events of an adaptation', () => {
  it.each([['succeeded'], ['failed'], ['cancelled'], ['erased']])('are followed to %s', async (last) => {
    const server = streaming(['queued', last, 'step'], []);
    expect(await typesOf(server)).toEqual(['queued', last]);
    expect(server.asked).toEqual([null]);
  });

  it('are followed to the report, where that is wanted', async () => {
    const types = [...all, 'report', 'step'];
    expect(await typesOf(streaming(types, [1, 4]), { to: 'report' })).toEqual([...all, 'report']);
    expect(await typesOf(streaming(types, []))).toEqual(all);
    // None comes after another end, and none may come after this one.
    expect(await typesOf(streaming(['queued', 'failed', 'step'], []), { to: 'report' })).toEqual([
      'queued',
      'failed',
    ]);
    const server = streaming(all, []);
    expect(await typesOf(server, { to: 'report' })).toEqual(all);
    expect(server.asked.every((id) => id === null || id === '5')).toBe(true);
  });

  it('end without a report when the server answers that no event follows', async () => {
    const server = streaming(all, [], true);
    expect(await typesOf(server, { to: 'report' })).toEqual(all);
    expect(server.asked).toEqual([null, '5']);
  });

  it('go on after the last event that came, when the connection breaks', async () => {
    const server = streaming(all, [2, 0, 1]);
    expect(await typesOf(server)).toEqual(all);
    expect(server.asked).toEqual([null, '2', '2', '3']);
  });

  it('are given up when nothing comes', async () => {
    const server = streaming(all, [1, 0, 0, 0, 0, 0]);
    await expect(typesOf(server)).rejects.toMatchObject({
      code: 'no_answer',
      message: 'Cannot reach a server at http://server: it is gone',
    });
    expect(server.asked.length).toBeLessThan(6);
    await expect(typesOf(streaming(['queued'], []))).rejects.toThrow(/ended before the adaptation did/);
  });

  it('end with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(typesOf(streaming(all, [0, 0, 0, 0]), { signal })).rejects.toThrow('enough');
  });

  it.each([1, 2, 3, 7, 1000])('are read in chunks of %i bytes', async (size) => {
    const bytes = Buffer.from(`: still here\n\n${textOf(['queued', 'succeeded']).join('')}id: 9`);
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    const fetch = async () =>
      new Response(ReadableStream.from(chunks) as unknown as ReadableStream<Uint8Array>);
    const events = [];
    const transport = createTransport({ server: 'http://server', fetch });
    for await (const event of eventsAt(transport, '/', { signal: undefined, to: 'end' })) events.push(event);
    expect(events).toEqual([
      { id: '1', type: 'queued', data: { é: 0 } },
      { id: '2', type: 'succeeded', data: { é: 1 } },
    ]);
  });
});
