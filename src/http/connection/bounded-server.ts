import { createServer, type Server, type ServerOptions } from 'node:http';
import type { FastifyServerFactory } from 'fastify';

export interface BoundedServerOptions {
  /** Open connections of all servers together. Further ones are closed at once. */
  readonly maxConnections: number;
  readonly http: ServerOptions;
  /** Called when a connection could not be accepted. The server goes on. */
  onAcceptError(error: Error): void;
}

/**
 * Makes the servers of an application: one for each address of its host name. Connections are descriptors of the process,
 * and so are its files, threads and other connections: without a bound idle callers could use up all of them.
 */
export function boundedServers({
  maxConnections,
  http,
  onAcceptError,
}: BoundedServerOptions): FastifyServerFactory {
  const servers: Server[] = [];
  return (handler, options) => {
    const { keepAliveTimeout } = options as { keepAliveTimeout?: number };
    const server = createServer(
      { ...http, ...(keepAliveTimeout !== undefined && { keepAliveTimeout }) },
      handler,
    );
    servers.push(server);
    for (const each of servers)
      each.maxConnections = Math.max(1, Math.floor(maxConnections / servers.length));
    return server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'accept') onAcceptError(error);
    });
  };
}
