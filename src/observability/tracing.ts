import type { IncomingMessage } from 'node:http';
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { RequestObserver, Seen } from '../platform/http/observer.js';
import { requestIdOf } from '../platform/http/request-id.js';
import { VERSION } from '../version.js';

export interface TracingSettings {
  /** Where a collector takes OTLP over HTTP, with its path. */
  readonly url: string;
  readonly serviceName: string;
}

const getter = {
  keys: (headers: IncomingMessage['headers']) => Object.keys(headers),
  get: (headers: IncomingMessage['headers'], key: string) => headers[key],
};

/**
 * A span for each request, handed to a collector. It goes on from the `traceparent` of the caller,
 * so that a call of a training job and what it did here are one trace.
 */
export class RequestTracing implements RequestObserver {
  readonly #provider: NodeTracerProvider;
  readonly #spans = new WeakMap<IncomingMessage, Span>();

  constructor({ url, serviceName }: TracingSettings) {
    this.#provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': VERSION }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
    });
    this.#provider.register();
  }

  began(): void {
    // The span begins when it is known which operation is asked for.
  }

  async around(
    request: IncomingMessage,
    operation: string,
    work: () => Promise<void>,
  ): Promise<void> {
    const caller = propagation.extract(context.active(), request.headers, getter);
    const { method = 'GET', url = '/' } = request;
    const span = this.#provider.getTracer('runledger', VERSION).startSpan(
      `${method} ${operation}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          'url.path': url.split('?', 1)[0] ?? url,
          'runledger.operation': operation,
          'runledger.request_id': requestIdOf(request),
        },
      },
      caller,
    );
    this.#spans.set(request, span);
    await context.with(trace.setSpan(caller, span), work);
  }

  ended({ request, status }: Seen): void {
    const span = this.#spans.get(request);
    if (span === undefined) return;
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }
}
