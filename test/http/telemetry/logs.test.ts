import { describe, expect, it, onTestFinished } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { buildApp } from '../../../src/http/app.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import type { Service } from '../../../src/service/service.ts';
import { dataUrl, glyph, points } from '../support/bodies.ts';
import { noKeys } from '../support/no-keys.ts';
import { adaptFaults, predictFaults } from '../support/service-faults.ts';
import { startApp } from '../support/start-app.ts';

const lines: string[] = [];
const write = (line: string) => void lines.push(line);
const http = startApp({
  environment: { HOST: '0.0.0.0' },
  logger: createLogger('trace', { write }),
  trustProxy: ['10.0.0.0/8'],
});

/** The messages (`msg`) of the log lines after position `from`. */
const said = (msg: string, from: number) =>
  lines
    .slice(from)
    .map((line) => JSON.parse(line))
    .filter((line) => line.msg === msg);

async function bearer() {
  const { key, token } = await http.keys.issue('acme');
  return { id: key.id, hash: key.hash, token, headers: { authorization: `Bearer ${token}` } };
}

describe('a request', () => {
  it('is logged in one line with caller and path, without the query', async () => {
    const [{ id, headers }, from] = [await bearer(), lines.length];
    const answer = await http.app.inject({ url: '/tasks?limit=7', headers });
    expect(said('request', from)).toEqual([
      expect.objectContaining({
        method: 'GET',
        url: '/tasks',
        status: 200,
        tenant: 'acme',
        key: id,
        reqId: answer.headers['x-request-id'],
      }),
    ]);
    expect(said('audit', from)).toEqual([]);
    expect(said('request', from)[0]).not.toHaveProperty('ip');
  });

  it.each([
    ['of a trusted proxy', '10.0.0.1', '192.0.2.7'],
    ['of another machine', '192.0.2.1', '192.0.2.1'],
  ])('that is refused with 401 is logged with the address of its caller: %s', async (_whose, from, ip) => {
    const { token } = await bearer();
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const more of [{}, { authorization: `Bearer ${wrong}` }]) {
      const before = lines.length;
      const headers = { 'x-forwarded-for': '192.0.2.7', ...more };
      await http.app.inject({ url: '/tasks', remoteAddress: from, headers });
      expect(said('request', before)).toEqual([expect.objectContaining({ status: 401, ip })]);
    }
  });

  it('that should change something gets an audit line, even if it fails', async () => {
    const [{ id, headers }, from] = [await bearer(), lines.length];
    const send = async (method: 'PUT' | 'POST' | 'DELETE', url: string, payload?: object) => {
      const answer = await http.app.inject({ method, url, headers, ...(payload && { payload }) });
      return answer.headers['x-request-id'];
    };
    const requests = [
      await send('PUT', '/tasks/audited', { model: 'tiny-prototypes' }),
      await send('POST', '/tasks/audited/adapt', points),
      await send('POST', '/tasks/audited/adapt', {}),
      await send('POST', '/tasks/audited/adaptations/adp_x/cancel'),
      await send('DELETE', '/tasks/audited'),
    ];
    await send('POST', '/tasks/audited/predict', { inputs: [[0, 0]] });
    const who = { tenant: 'acme', key: id, task: 'audited' };
    const did = [
      { operation: 'putTask', status: 201 },
      { operation: 'adapt', status: 202 },
      { operation: 'adapt', status: 400 },
      { operation: 'cancelAdaptation', status: 404 },
      { operation: 'deleteTask', status: 204 },
    ];
    expect(said('audit', from)).toEqual(
      did.map((what, i) => expect.objectContaining({ ...who, ...what, reqId: requests[i] })),
    );
  });

  it.each(['/health/live', '/health/ready'])('of a probe (%s) is not logged', async (url) => {
    const from = lines.length;
    expect((await http.app.inject({ url })).statusCode).toBe(200);
    expect(said('request', from)).toEqual([]);
  });

  it('without a caller is also logged', async () => {
    const from = lines.length;
    await http.app.inject({ method: 'DELETE', url: '/tasks/audited' });
    const [line, ...more] = said('audit', from);
    expect([line, more]).toEqual([expect.objectContaining({ operation: 'deleteTask', status: 401 }), []]);
    expect(line).not.toHaveProperty('tenant');
  });
});

describe('logs and answers', () => {
  it('contain no key, no input and no stack trace, for any wrong request', async () => {
    const [{ token, hash, headers }, from] = [await bearer(), lines.length];
    const image = dataUrl(glyph('gate', 1));
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const answers: string[] = [];
    const send = async (url: string, payload: unknown, more: Record<string, string> = {}) => {
      const type = typeof payload === 'object' ? { 'content-type': 'application/json' } : {};
      const answer = await http.app.inject({
        method: 'POST',
        url,
        headers: { ...headers, ...type, ...more },
        payload: payload as object,
      });
      answers.push(answer.body, JSON.stringify(answer.headers));
      return answer.statusCode;
    };
    const marked = { model: 'tiny-prototypes', support: [{ label: 'a', input: [0.8675309, null] }] };
    await send('/tasks/faulty/adapt', points, { prefer: 'wait=20' });
    for (const { body, headers: more } of Object.values(adaptFaults))
      await send('/tasks/faulty/adapt', body, more);
    for (const { body, headers: more } of Object.values(predictFaults))
      await send('/tasks/faulty/predict', body, more);
    expect(await send('/tasks/faulty/adapt', marked)).toBe(400);
    expect(await send('/tasks/faulty/adapt', { ...marked, support: [{ label: 'a', input: image }] })).toBe(
      400,
    );
    expect(
      await send('/tasks/faulty/predict', { inputs: [[0.8675309, 0]] }, { authorization: `Bearer ${wrong}` }),
    ).toBe(401);
    expect(await send(`/tasks/faulty/predict?key=${token}`, { inputs: [[0.8675309, 0]] })).toBe(400);
    expect(
      await send(`/tasks/faulty/predict`, `{"inputs":[[0.8675309,`, { 'content-type': 'application/json' }),
    ).toBe(400);

    const everything = [...lines.slice(from), ...answers].join('\n');
    expect(lines.length - from).toBeGreaterThan(50);
    const secrets = { token, wrong, hash, input: '0.8675309', image: image.slice(40, 80) };
    const leaked = Object.entries(secrets).filter(([, secret]) => everything.includes(secret.slice(-43)));
    expect(leaked.map(([name]) => name)).toEqual([]);
    expect(/\\n\s+at |node_modules|\.ts:\d|bearer il_/i.exec(everything)?.[0]).toBeUndefined();
  });

  it('show the reason of an internal error only in the log', async () => {
    const logged: string[] = [];
    // Errors of Redis clients contain the failed command with all its data.
    const cause = Object.assign(new Error('OOM command not allowed'), {
      command: { name: 'set', args: ['innerloop:acme', 'the-input'] },
    });
    const error = new InnerloopError('internal', 'It broke', { got: 'the-input', cause });
    const service = { task: () => Promise.reject(error) } as unknown as Service;
    const logger = createLogger('trace', { write: (line: string) => void logged.push(line) });
    const app = await buildApp({ service, keys: noKeys, version: '0.0.0', logger });
    onTestFinished(() => app.close());
    const answer = await app.inject({ url: '/tasks/any', headers: { authorization: 'Bearer il_the-key' } });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/OOM|broke|\.ts|the-input/);
    expect(logged.join('')).toContain('OOM command not allowed');
    expect(logged.join('')).not.toMatch(/the-input|the-key/);
  });
});

describe('the logger', () => {
  it('removes headers from every object, and logs a chain of causes', () => {
    const logged: string[] = [];
    const logger = createLogger('info', { write: (line: string) => void logged.push(line) });
    const headers = { authorization: 'Bearer il_the-key' };
    logger.info({ headers, req: { headers, url: '/' }, res: { headers } });
    logger.error({
      err: new Error('outer', { cause: Object.assign(new TypeError('inner'), { code: 'E_X' }) }),
    });
    logger.error({ err: 'a text' });
    expect(logged.join('')).not.toContain('the-key');
    expect(JSON.parse(logged[1] ?? '').err).toMatchObject({
      message: 'outer',
      cause: { type: 'TypeError', message: 'inner', code: 'E_X' },
    });
    expect(JSON.parse(logged[2] ?? '').err).toMatchObject({ message: 'a text' });
  });
});
