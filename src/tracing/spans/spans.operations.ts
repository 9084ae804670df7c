import type { OperationTable } from '../../platform/http/operation.js';
import { headersOf, Reply } from '../../platform/http/reply.js';
import { one, refused } from './otlp/otlp.js';
import type { SpanService } from './spans.service.js';

/** Spans as OpenTelemetry's exporters send them. */
export const spanOperations = (
  service: SpanService,
  bodyLimit: number,
): OperationTable<'exportTraces'> => ({
  exportTraces: {
    access: 'edit',
    of: 'experiment',
    id: (_, headers) => one(headers[EXPERIMENT_HEADER]) ?? '',
    also: (_, headers) => {
      const run = one(headers[RUN_HEADER]);
      return run ? [{ access: 'edit', of: 'run', id: run }] : [];
    },
    handler: async (_, call) => {
      const { headers } = call;
      const experimentId = one(headers[EXPERIMENT_HEADER]);
      if (experimentId === undefined) throw noExperimentHeader();
      // Loaded by the first spans, with the library that decodes them.
      const { readSpans } = await import('./otlp/read-request.js');
      const sent = await readSpans(call, bodyLimit);
      await service.ingest(experimentId, one(headers[RUN_HEADER]), sent);
      return emptyResponse();
    },
  },
});

const EXPERIMENT_HEADER = 'x-mlflow-experiment-id';
const RUN_HEADER = 'x-mlflow-run-id';

const noExperimentHeader = () => refused(`The header '${EXPERIMENT_HEADER}' is required`, 422);

/** A protobuf message without fields has no bytes. */
const emptyResponse = (): Reply<never> =>
  new Reply((_, response) => {
    const headers = { 'Content-Type': 'application/x-protobuf', 'Content-Length': 0 };
    response.writeHead(200, headersOf(response, headers));
    response.end();
  });
