import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** The callbacks of each connection. A socket needs only one listener for all requests that came over it. */
const callbacks = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `then` once, when the answer or its connection closes. If one of them has already closed, calls it at once. The
 * event `close` of the answer is not enough: if requests are pipelined and the connection ends, Node emits that event only
 * for the answer that is being written, not for the answers after it.
 */
export function whenClosed({ raw, request }: FastifyReply, then: () => unknown): void {
  const { socket } = request.raw;
  if (raw.closed || socket.destroyed) {
    then();
    return;
  }
  const pending = callbacks.get(socket) ?? listenTo(socket);
  const close = () => {
    raw.off('close', close);
    if (pending.delete(close)) then();
  };
  raw.once('close', close);
  pending.add(close);
}

function listenTo(socket: Socket): Set<() => void> {
  const all = new Set<() => void>();
  callbacks.set(socket, all);
  socket.once('close', () => {
    for (const close of [...all]) close();
  });
  return all;
}
