import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The time between two readiness checks of a server. */
const PROBE_MS = 100;

/**
 * A load balancer. It keeps connections open and uses the ready servers in turn. If it cannot connect to a server, no
 * request can have arrived there, so it tries the next one. It passes any other failure on to the client.
 */
export class Balancer implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #ready = new Map<string, boolean>();
  readonly #probing = new AbortController();
  #turn = 0;

  /** Adds a server, and resolves when it is ready. The server gets requests as long as it stays ready. */
  async add(address: string): Promise<void> {
    this.#ready.set(address, false);
    void this.#probe(address);
    while (!this.#ready.get(address)) await wait(10);
  }

  remove(address: string): void {
    this.#ready.delete(address);
  }

  async send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const ready = [...this.#ready.keys()].filter((each) => this.#ready.get(each));
    const first = this.#turn++;
    for (let i = 0; i < ready.length; i++) {
      const address = ready[(first + i) % ready.length] as string;
      try {
        return await this.#exchange(address, method, path, body, headers);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
        this.#ready.set(address, false);
      }
    }
    throw new Error('Expected a server that is ready, found none');
  }

  [Symbol.dispose](): void {
    this.#probing.abort();
    this.#agent.destroy();
  }

  #exchange(
    address: string,
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = {
        method,
        agent: this.#agent,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      };
      const sent = request(`${address}${path}`, options, (answer: IncomingMessage) => {
        text(answer).then(
          (all) => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(all) }),
          reject,
        );
      });
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  async #probe(address: string): Promise<void> {
    while (this.#ready.has(address) && !this.#probing.signal.aborted) {
      const answer = await this.#exchange(address, 'GET', '/health/ready').catch(() => null);
      if (this.#ready.has(address)) this.#ready.set(address, answer?.status === 200);
      await wait(PROBE_MS);
    }
  }
}
