import { integer } from './values.js';

export interface RawObservability {
  readonly slowQueryMs?: string;
  readonly slowRequestMs?: string;
  readonly otlpEndpoint?: string;
  readonly otlpTracesEndpoint?: string;
  readonly otelServiceName?: string;
}

export interface ObservabilityConfig {
  /** Milliseconds after which a statement is told in the log; 0 for never. */
  readonly slowQuery: number;
  /** Milliseconds after which a request is told in the log; 0 for never. */
  readonly slowRequest: number;
  /** Where a collector takes traces of this server; undefined for nowhere. */
  readonly tracing: { readonly url: string; readonly serviceName: string } | undefined;
}

/** Flags of what can be seen of the server from outside. */
export const OBSERVABILITY_FLAGS = [
  {
    flags: '--slow-query-ms <milliseconds>',
    env: 'RUNLEDGER_SLOW_QUERY_MS',
    description: 'tell statements in the log that take longer; 0 for none (default: 1000)',
  },
  {
    flags: '--slow-request-ms <milliseconds>',
    env: 'RUNLEDGER_SLOW_REQUEST_MS',
    description: 'tell requests in the log that take longer; 0 for none (default: 5000)',
  },
  {
    flags: '--otlp-endpoint <url>',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description: 'collector that takes OpenTelemetry traces of this server (default: none)',
  },
] as const;

/** @throws Error with one sentence for the user */
export function observabilityConfig(raw: RawObservability): ObservabilityConfig {
  const base = raw.otlpEndpoint?.replace(/\/+$/, '');
  const url = raw.otlpTracesEndpoint ?? (base === undefined ? undefined : `${base}/v1/traces`);
  if (url !== undefined && !/^https?:\/\/[^/]+/.test(url)) {
    throw new Error(`--otlp-endpoint takes an http or https address, not '${url}'`);
  }
  const serviceName = raw.otelServiceName ?? 'runledger';
  return {
    slowQuery: integer('--slow-query-ms', raw.slowQueryMs, 1_000, 0, 3_600_000),
    slowRequest: integer('--slow-request-ms', raw.slowRequestMs, 5_000, 0, 3_600_000),
    tracing: url === undefined ? undefined : { url, serviceName },
  };
}
