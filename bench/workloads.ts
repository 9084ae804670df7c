import { artifactDownload, artifactUpload } from './artifact-workloads.js';
import type { Workload } from './driver.js';
import { fairness } from './fairness-workload.js';
import { getHistory, sampleHistory } from './history-workloads.js';
import { logBatch, logMetric } from './metric-workloads.js';
import { getRun, searchDefault, searchFiltered, searchPage } from './read-workloads.js';
import {
  createVersion,
  searchModels,
  searchVersions,
  transitionStage,
} from './registry-workloads.js';
import { script } from './script-workload.js';
import type { ServerName } from './servers.js';
import { start } from './start-workload.js';
import { createRun, logParams } from './write-workloads.js';

const ALL = ['ours', 'stock', 'fasttrackml', 'prototype'] as const satisfies ServerName[];
const PEERS = ['ours', 'stock', 'fasttrackml'] as const satisfies ServerName[];
/** FastTrackML serves neither a registry nor artifacts, and samples no histories. */
const STOCK = ['ours', 'stock'] as const satisfies ServerName[];
/** On SQLite FastTrackML does not wait for its disk; so ours doesn't either. */
const RELAXED = {
  servers: ['relaxed', 'fasttrackml'] as const satisfies ServerName[],
  connections: [1],
  database: 'sqlite' as const,
};
/** A search of stock among more runs than this takes minutes. */
const MOST_FOR_STOCK = 50_000;

const searches = [1_000, 10_000, 50_000, 500_000].flatMap((runs): Workload[] => {
  const name = `search-${runs / 1000}k`;
  const upTo = (most: number) => PEERS.filter((server) => server !== 'stock' || runs <= most);
  const page = (number: number) => ({ connections: [1], open: searchPage(runs, number) });
  const first = { name, servers: upTo(MOST_FOR_STOCK), ...page(1) };
  // 1,000 runs have no tenth page of 100.
  if (runs === 1_000) return [first];
  // To come to it stock would need a minute among more than 10,000.
  return [first, { name: `${name}-page-10`, servers: upTo(10_000), ...page(10) }];
});

export const WORKLOADS: readonly Workload[] = [
  { name: 'create-run', servers: ALL, open: createRun },
  { name: 'log-metric', servers: ALL, open: logMetric },
  { name: 'log-batch-10', servers: ALL, open: logBatch(10) },
  { name: 'log-batch-100', servers: ALL, open: logBatch(100) },
  { name: 'log-batch-1000', servers: ALL, open: logBatch(1000) },
  { name: 'log-params-100', servers: ALL, open: logParams },
  { name: 'get-run', servers: ALL, open: getRun },
  { name: 'search-default', servers: PEERS, open: searchDefault },
  { name: 'search-filtered', servers: PEERS, open: searchFiltered },
  ...searches,
  { name: 'get-history-100k', servers: PEERS, connections: [1], open: getHistory(100_000) },
  { name: 'sample-history-1m', servers: STOCK, connections: [1], open: sampleHistory(1_000_000) },
  { name: 'registry-create', servers: STOCK, open: createVersion },
  { name: 'registry-transition', servers: STOCK, open: transitionStage },
  { name: 'registry-models', servers: STOCK, open: searchModels },
  { name: 'registry-versions', servers: STOCK, open: searchVersions },
  { name: 'relaxed-create-run', ...RELAXED, open: createRun },
  { name: 'relaxed-log-metric', ...RELAXED, open: logMetric },
  { name: 'relaxed-log-batch-10', ...RELAXED, open: logBatch(10) },
  { name: 'relaxed-log-batch-100', ...RELAXED, open: logBatch(100) },
  { name: 'relaxed-log-batch-1000', ...RELAXED, open: logBatch(1000) },
  { name: 'relaxed-log-params-100', ...RELAXED, open: logParams },
  // Stock takes 7 s of CPU for each of these searches: it would be busy with them for minutes after.
  { name: 'fairness', servers: ['ours', 'fasttrackml'], connections: [16], open: fairness },
  { name: 'script', servers: STOCK, connections: [1], open: script('whole') },
  { name: 'script-tracking', servers: PEERS, connections: [1], open: script('tracking') },
  {
    name: 'artifact-upload',
    servers: ['ours', 'stock', 'bare'],
    connections: [1],
    open: artifactUpload,
  },
  {
    name: 'artifact-download',
    servers: ['ours', 'stock', 'bare'],
    connections: [1],
    open: artifactDownload,
  },
  { name: 'start', servers: PEERS, connections: [1], open: start },
];
