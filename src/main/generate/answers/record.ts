import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Recorded, RecordedCall } from '../../../http/description/recorded.ts';
import { createSettle } from './settle.ts';

const JSON_TYPE = 'application/json';

export interface CallOptions {
  readonly body?: unknown;
  /** Default: `application/json`. Of another type, the body is a text. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any operation
  readonly body: any;
}

export interface Recorder extends AsyncDisposable {
  /** Calls the service; `route` is such as `POST /tasks/wave/adapt`. @throws Error if the answer is not a success */
  call(route: string, options?: CallOptions): Promise<Answer>;
  /** Calls the service, and keeps the call with its answer as an example of the operation. */
  record(
    operation: string,
    name: string,
    summary: string,
    route: string,
    options?: CallOptions,
  ): Promise<Answer>;
  /** Calls the service, and keeps its refusal as an example of the operation. @throws Error if the answer is not a refusal */
  refuse(operation: string, route: string, options?: CallOptions): Promise<void>;
  /** A URL on this machine that takes messages of webhooks. */
  readonly webhook: string;
  readonly recorded: Recorded;
}

export async function createRecorder(server: string): Promise<Recorder> {
  const receiver = createServer((_request, response) => response.writeHead(204).end());
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const settled = createSettle(webhook);
  const recorded: Record<string, Record<string, RecordedCall>> = {};

  async function ask(route: string, { body, type = JSON_TYPE, headers }: CallOptions = {}): Promise<Answer> {
    const [method = '', path] = route.split(' ');
    const response = await fetch(`${server}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body: type === JSON_TYPE ? JSON.stringify(body) : `${body}` }),
    });
    const text = await response.text();
    const [answered = ''] = (response.headers.get('content-type') ?? '').split(';');
    return {
      status: response.status,
      type: answered,
      body: answered.endsWith('json') ? JSON.parse(text) : text,
    };
  }

  async function call(route: string, options: CallOptions = {}): Promise<Answer> {
    const answer = await ask(route, options);
    if (answer.status < 300) return answer;
    throw new Error(`Expected ${route} to succeed, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  function keep(operation: string, name: string, kept: RecordedCall): void {
    recorded[operation] = { ...recorded[operation], [name]: kept };
  }

  return {
    call,
    async record(operation, name, summary, route, options = {}) {
      const answer = await call(route, options);
      const { status, type, body } = answer;
      const request = options.body === undefined ? {} : { request: settled.request(options.body) };
      const requestType = options.type === undefined ? {} : { requestType: options.type };
      const settledBody = settled.answer(brief(body));
      keep(operation, name, { summary, ...request, ...requestType, status, type, answer: settledBody });
      return answer;
    },
    async refuse(operation, route, options) {
      const { status, type, body } = await ask(route, options);
      if (status < 400 || status >= 500) throw new Error(`Expected ${route} to be refused, got ${status}`);
      const summary = body.title ?? 'Refused';
      keep(operation, 'refused', { summary, status: '4XX', type, answer: settled.answer(body) });
    },
    webhook,
    recorded,
    async [Symbol.asyncDispose]() {
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}

/** A list with only its first two items. */
const brief = (body: unknown) => {
  const list = body as { readonly object?: unknown; readonly data?: readonly unknown[] } | null;
  return list?.object === 'list' ? { ...list, data: list.data?.slice(0, 2) } : body;
};
