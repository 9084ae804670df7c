import type { Workload } from './driver.js';
import { logBatch, logMetric } from './metric-workloads.js';
import { getRun, searchDefault, searchFiltered } from './read-workloads.js';
import { createRun, logParams } from './write-workloads.js';

export const WORKLOADS: readonly Workload[] = [
  { name: 'create-run', onPrototype: true, open: createRun },
  { name: 'log-metric', onPrototype: true, open: logMetric },
  { name: 'log-batch-10', onPrototype: true, open: logBatch(10) },
  { name: 'log-batch-100', onPrototype: true, open: logBatch(100) },
  { name: 'log-batch-1000', onPrototype: true, open: logBatch(1000) },
  { name: 'log-params-100', onPrototype: true, open: logParams },
  { name: 'get-run', onPrototype: true, open: getRun },
  { name: 'search-default', onPrototype: false, open: searchDefault },
  { name: 'search-filtered', onPrototype: false, open: searchFiltered },
];
