/**
 * Searches without pause until it is ended: `searcher.ts <port> <connections> <experiment id>`.
 * A process of its own, so that reading its answers delays none of what is timed.
 */
import { runTrial } from './load.js';
import { filteredSearches } from './read-workloads.js';

const [port, connections, experimentId = ''] = process.argv.slice(2);
const ENDLESS = 1_000_000;

process.send?.('ready');
await runTrial({
  port: Number(port),
  connections: Number(connections),
  ...{ seconds: ENDLESS, graceSeconds: 1, hardSeconds: ENDLESS, samples: 0 },
  source: filteredSearches(experimentId).endless(16),
});
