import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { localCertificate } from './certificate.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer extends AsyncDisposable {
  /** `https://localhost:…` */
  readonly origin: string;
  /** The `range` of each request, or null, in their order. */
  readonly ranges: (string | null)[];
  /** Trusts the certificate of this server alone. */
  readonly fetch: typeof globalThis.fetch;
  /** How the next requests are answered. */
  answer: Answer;
  /** Breaks every connection. */
  drop(): void;
}

/** An https server of the test's own. */
export async function openFileServer(answer: Answer): Promise<FileServer> {
  const { key, cert } = localCertificate();
  const ranges: (string | null)[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    ranges.push(request.headers.range ?? null);
    opened.answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ connect: { ca: cert } });
  const fetch = (url: unknown, options: object) =>
    undiciFetch(url as string, { ...options, dispatcher: agent });
  const opened: FileServer = {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    ranges,
    fetch: fetch as unknown as typeof globalThis.fetch,
    answer,
    drop: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await agent.destroy();
    },
  };
  return opened;
}

interface FileOptions {
  readonly etag?: string;
  /** Nothing follows so many bytes of the file, and the connection stays open. */
  readonly silentAfter?: number;
  readonly isLengthUnknown?: boolean;
}

/** Sends a file as servers of files do: the asked range if `If-Range` still holds, else all of it. */
export function sendFile(file: Uint8Array, options: FileOptions = {}): Answer {
  const { etag, silentAfter, isLengthUnknown } = options;
  return ({ headers }, response) => {
    const isSame = etag !== undefined && headers['if-range'] === etag;
    const start = isSame ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
    const body = file.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      ...(etag && { etag }),
      ...(start > 0 && { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` }),
      ...(!isLengthUnknown && { 'content-length': body.length }),
    });
    if (silentAfter === undefined) response.end(body);
    else response.write(body.subarray(0, silentAfter - start));
  };
}

export const redirectTo =
  (location: string, status = 302): Answer =>
  (_request, response) =>
    response.writeHead(status, { location }).end();
