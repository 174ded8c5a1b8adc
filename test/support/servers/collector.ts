import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from './body-of.ts';

/** A span in OTLP's JSON form, with the members that tests check. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events: readonly { readonly name: string }[];
  /** What its process says about itself. */
  readonly resource: Pick<CollectedSpan, 'attributes'>;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: CollectedSpan['resource'];
    readonly scopeSpans: readonly { readonly spans: readonly Omit<CollectedSpan, 'resource'>[] }[];
  }[];
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
}

/** Starts a collector that receives traces by OTLP over HTTP as JSON, and stores them. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/traces') {
      response.writeHead(404).end();
      return;
    }
    const body = await bodyOf(request);
    if (body === null) return;
    const { resourceSpans } = JSON.parse(body) as Export;
    for (const { resource, scopeSpans } of resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ ...span, resource })));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
