import { hostname } from 'node:os';
import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Span, Tracer } from '../../ports/telemetry.ts';

export interface TracerOptions {
  /** Base URL of a collector that accepts OTLP over HTTP. */
  readonly endpoint: string;
  readonly role: string;
  readonly version: string;
}

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL } as const;

/** Spans are sent after this time at most. */
const SEND_EVERY_MS = 1000;

/**
 * Traces with the OpenTelemetry SDK, sent as JSON, which every collector accepts. The sampled flag of a caller's
 * `traceparent` is respected. Disposal sends the remaining spans.
 */
export function createTracer({ endpoint, role, version }: TracerOptions): Tracer & AsyncDisposable {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'innerloop',
      'service.version': version,
      // Tells the processes of one role apart.
      'service.instance.id': `${hostname()}:${process.pid}`,
      'innerloop.role': role,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_EVERY_MS })],
  });
  const otel = provider.getTracer('innerloop');
  return {
    start(name, { parent, kind = 'internal', attributes, startedAt } = {}) {
      const options = {
        kind: kinds[kind],
        ...(attributes && { attributes }),
        ...(startedAt && { startTime: startedAt }),
      };
      return spanOf(otel.startSpan(name, options, contextOf(parent)));
    },
    [Symbol.asyncDispose]: () => provider.shutdown(),
  };
}

function contextOf(parent: string | undefined): Context {
  const remote = parent === undefined ? null : parseTraceParent(parent);
  return remote ? trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true }) : ROOT_CONTEXT;
}

function spanOf(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (attributes) => void span.setAttributes(attributes),
    event: (name, attributes) => void span.addEvent(name, attributes),
    fail: (reason) => void span.setStatus({ code: SpanStatusCode.ERROR, message: reason }),
    end: (at) => span.end(at),
  };
}
