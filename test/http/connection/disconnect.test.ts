import { EventEmitter, getEventListeners } from 'node:events';
import type { FastifyReply } from 'fastify';
import { expect, it } from 'vitest';
import { eitherSignal } from '../../../src/http/connection/disconnect.ts';

const start = () => {
  const [gone, closing, raw] = [new AbortController(), new AbortController(), new EventEmitter()];
  const reply = { raw, request: { raw: { socket: new EventEmitter() } } } as unknown as FastifyReply;
  return { gone, closing, raw, signal: eitherSignal(gone.signal, closing.signal, reply) };
};

it('aborts when the caller disconnects, and when the server closes', () => {
  const [left, closed] = [start(), start()];
  expect([left.signal.aborted, closed.signal.aborted]).toEqual([false, false]);
  left.gone.abort();
  closed.closing.abort();
  expect([left.signal.aborted, closed.signal.aborted]).toEqual([true, true]);
});

it('is aborted at once if either signal is', () => {
  const reply = { raw: new EventEmitter() } as FastifyReply;
  const [open, over] = [new AbortController().signal, AbortSignal.abort()];
  expect(eitherSignal(over, open, reply).aborted).toBe(true);
  expect(eitherSignal(open, over, reply).aborted).toBe(true);
  expect(getEventListeners(open, 'abort')).toEqual([]);
});

it('leaves no listener on the signal of the server once the answer has closed', () => {
  const { closing, raw } = start();
  expect(getEventListeners(closing.signal, 'abort')).toHaveLength(1);
  raw.emit('close');
  expect(getEventListeners(closing.signal, 'abort')).toEqual([]);
});
