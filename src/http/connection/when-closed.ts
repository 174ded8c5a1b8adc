import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** What waits for the end of a connection: one listener for all requests that came over it. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `then` once: when the answer has closed, or the connection it was for, or at once where one has. Node tells of the
 * connection's end only the answer that is being written: one that stands behind it, since requests were pipelined, never
 * hears of it.
 */
export function whenClosed({ raw, request }: FastifyReply, then: () => unknown): void {
  const { socket } = request.raw;
  if (raw.closed || socket.destroyed) {
    then();
    return;
  }
  const others = waiting.get(socket) ?? listenTo(socket);
  const close = () => {
    raw.off('close', close);
    if (others.delete(close)) then();
  };
  raw.once('close', close);
  others.add(close);
}

function listenTo(socket: Socket): Set<() => void> {
  const all = new Set<() => void>();
  waiting.set(socket, all);
  socket.once('close', () => {
    for (const close of [...all]) close();
  });
  return all;
}
