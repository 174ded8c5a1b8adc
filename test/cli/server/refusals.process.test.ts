import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';
import { innerloop } from '../innerloop.ts';

const command = (args: readonly string[], server: string) =>
  innerloop(args, undefined, { INNERLOOP_SERVER: server });

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server of another kind, which answers each request with the next of these. */
async function other(
  answers: readonly { status: number; headers?: Record<string, string>; body?: string }[],
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, headers = {}, body = '' } = answers[asked.length] ?? { status: 500 };
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status, headers).end(body);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a server that does not answer', () => {
  it('is named, with exit code 3', async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const table = join(await scratchFolder(), 'a.csv');
    await writeFile(table, 'a,b\n1,2\n');
    for (const args of [['models'], ['tasks'], ['adapt', table], ['predict', '--task', 't', table]]) {
      expect(await command(args, address)).toEqual({
        code: 3,
        stdout: '',
        stderr: `innerloop: Cannot reach a server at ${address}: nothing listens there. Start one with \`innerloop serve\`, or name another with --server\n`,
      });
    }
  });

  it('is asked again if it is busy', async () => {
    const busy = { status: 503, headers: { 'retry-after': '0' } };
    const { url, asked } = await other([busy, busy, { status: 200, body: '{"data":[]}' }]);
    expect(await command(['models'], url)).toMatchObject({ code: 0, stdout: 'The server has no packages\n' });
    expect(asked).toHaveLength(3);
  });

  it('is not asked again for other errors, or for ever', async () => {
    const busy = { status: 429, headers: { 'retry-after': '0' }, body: '{"detail":"Too many requests"}' };
    const often = await other(Array.from({ length: 9 }, () => busy));
    const refused = await command(['models'], often.url);
    expect(refused).toMatchObject({ code: 1, stderr: 'innerloop: Too many requests\n' });
    expect(often.asked).toHaveLength(5);
    const wrong = await other([{ status: 502, body: '<html>' }]);
    expect(await command(['models'], wrong.url)).toMatchObject({
      code: 1,
      stderr: 'innerloop: the server answered with status 502\n',
    });
    expect(wrong.asked).toEqual(['GET /models']);
  });
});

describe('files that cannot be examples or inputs', () => {
  it.each<[readonly string[], RegExp]>([
    [['adapt', '/nowhere/photos'], /^innerloop: Cannot read \/nowhere\/photos: no such file/],
    [
      ['adapt', import.meta.filename],
      /Expected a folder with a subfolder for each label, or a file that ends/,
    ],
    [['adapt', import.meta.dirname], /Expected files in subfolders of .*; got .*\.ts beside them/],
    [['predict', '--task', 't', '/nowhere.png'], /Cannot read \/nowhere\.png: no such file/],
    [['predict', '--task', 't', 'I lost my card'], /If it is a text, use --text/],
    [['predict', '--task', 't', '-'], /Expected inputs on the standard input, got nothing/],
  ])('are refused before the server is asked: %j', async (args, message) => {
    const { code, stdout, stderr } = await command(args, 'http://127.0.0.1:9');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });
});
