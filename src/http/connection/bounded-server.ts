import { createServer, type Server, type ServerOptions } from 'node:http';
import type { FastifyServerFactory } from 'fastify';
import { continueWhenRead } from './expect-continue.ts';

export interface BoundedServerOptions {
  /** Most open connections of all servers together. Further connections are closed at once. */
  readonly maxConnections: number;
  readonly http: ServerOptions;
  /** Called when a connection could not be accepted. The server continues. */
  onAcceptError(error: Error): void;
  /** Called for each connection that is closed because its server has `maxConnections` open ones. */
  onExcess(maxConnections: number): void;
}

/**
 * Makes the servers of an application: one for each address of its host name. Each connection uses a file descriptor.
 * Without a limit, idle callers could use all descriptors of the process, which also needs them for its own files.
 */
export function boundedServers({
  maxConnections,
  http,
  onAcceptError,
  onExcess,
}: BoundedServerOptions): FastifyServerFactory {
  const servers: Server[] = [];
  return (handler, options) => {
    const { keepAliveTimeout } = options as { keepAliveTimeout?: number };
    const server = createServer(
      { ...http, ...(keepAliveTimeout !== undefined && { keepAliveTimeout }) },
      handler,
    );
    // An `Expect` other than 100-continue is ignored, as RFC 9110 allows. Node would answer 417 without a body.
    server.on('checkExpectation', handler);
    server.on('checkContinue', (request, response) => {
      continueWhenRead(request, response);
      handler(request, response);
    });
    servers.push(server);
    for (const each of servers)
      each.maxConnections = Math.max(1, Math.floor(maxConnections / servers.length));
    server.on('drop', () => onExcess(server.maxConnections));
    return server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'accept') onAcceptError(error);
    });
  };
}
