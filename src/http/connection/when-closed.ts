import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** Callbacks for the end of each connection: one listener serves all requests that came over it. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `then` once, when the answer or its connection has closed; at once if one of them has already. The event `close` of
 * the answer is not enough: if requests are pipelined and the connection ends, Node emits it only for the answer that is
 * being written, not for those behind it.
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
