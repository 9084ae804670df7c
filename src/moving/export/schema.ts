import { EVALUATION_TABLES } from './schema-evaluation.js';
import { GATEWAY_TABLES } from './schema-gateway.js';
import { readTables } from './schema-notation.js';
import { OTHERS_TABLES } from './schema-others.js';
import { REGISTRY_TABLES } from './schema-registry.js';
import { TRACING_TABLES } from './schema-tracing.js';
import { TRACKING_TABLES } from './schema-tracking.js';

/** The step of MLflow's schema that is written: that of its release 3.17. */
export const REVISION = 'dc11669786a5';

/** All tables of that schema, each behind those that it refers to. */
export const TABLES = readTables(
  [
    ...[TRACKING_TABLES, TRACING_TABLES, REGISTRY_TABLES],
    ...[EVALUATION_TABLES, GATEWAY_TABLES, OTHERS_TABLES],
  ].join(''),
);
