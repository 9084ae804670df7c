import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { Reply, sendJson } from '../../platform/http/reply.js';
import { checkModelName } from '../../registry/models/models.js';
import { parseVersion } from '../../registry/versions/versions.js';
import { VERSION } from '../../version.js';
import type { Origin } from '../version-facts/origin.js';
import type { StoredVersionFacts } from '../version-facts/version-facts.js';
import type { Consumers } from './consumers.js';
import type { LineageDataset, LineageStore } from './lineage.store.js';
import { gitOf, graphOf, type Surroundings, trainerOf } from './lineage-graph.js';
import { runEvents } from './openlineage.js';

export interface LineageOperationParts {
  readonly database: Database;
  readonly facts: Pick<StoredVersionFacts, 'originOf' | 'factsOf'>;
  readonly lineage: LineageStore;
  readonly consumers: Consumers;
}

/** URI of whoever writes the events. */
const PRODUCER = `https://github.com/runledger/runledger/tree/v${VERSION}`;
const FORMATS: readonly string[] = ['json', 'openlineage'];
const DEFAULT = 100;
const MOST = 1_000;
const CONSUMERS = 200;

const column = (name: string): SortColumn => ({
  ...{ sql: `d.${name}`, bindings: [], name, type: 'text', ascending: true, nullable: false },
});
const ORDER: readonly SortColumn[] = [column('name'), column('digest')];

/** Where versions come from, and who has them. */
export function lineageOperations(
  parts: LineageOperationParts,
): OperationTable<'getVersionLineage'> {
  const { database, facts, lineage, consumers } = parts;
  const read = database.scan;

  const around = async (
    name: string,
    version: number,
    datasets: (run: number) => Promise<readonly LineageDataset[]>,
  ) => {
    const origin = await facts.originOf(read, name, version);
    const known = await facts.factsOf(read, name, version);
    const { row, run } = origin;
    const surroundings: Surroundings = {
      ...{ model: name, version, origin },
      ...{ semver: known.semver, digest: known.integrity.digest, registeredBy: known.registeredBy },
      family: row.runId === '' ? [] : await lineage.family(read, row.runId),
      datasets: run === undefined ? [] : await datasets(run.id),
      inputModels: run === undefined ? [] : await lineage.inputModels(read, run.id),
      aliases: await lineage.aliases(read, row.model, version),
      consumers: await consumers.consumersOf(read, name, version, CONSUMERS),
    };
    return { surroundings, contract: known.contract };
  };

  return {
    getVersionLineage: {
      access: 'read',
      of: 'model_version',
      id: ({ name }) => name,
      handler: async ({ name, version: text, format, max_results, page_token }) => {
        checkModelName(name);
        const version = parseVersion(name, text);
        if (!FORMATS.includes(format ?? 'json')) {
          throw invalidParameter(`'format' is one of ${FORMATS.join(', ')}.`);
        }
        if (format === 'openlineage') {
          const all = (run: number) => lineage.datasets(read, run, ['', ''], MOST);
          const { surroundings } = await around(name, version, all);
          const events = runEvents(surroundings, PRODUCER);
          return new Reply((_, response) => sendJson(response, 200, events));
        }
        const limit = Number(max_results ?? DEFAULT);
        if (!(limit >= 1 && limit <= MOST)) {
          throw invalidParameter(`'max_results' is a number from 1 to ${MOST}.`);
        }
        const query = { lineage: name, version };
        const position = decodePageToken(page_token, query, ORDER);
        const after = position !== undefined && 'after' in position ? position.after : ['', ''];
        let token: string | undefined;
        const page = async (run: number) => {
          const from = [String(after[0]), String(after[1])] as const;
          const found = await lineage.datasets(read, run, from, limit + 1);
          const shown = nextPage(found.map(asRow), limit, ORDER, query, position);
          token = shown.token;
          return shown.rows;
        };
        const { surroundings, contract } = await around(name, version, page);
        const { state, digest, uri, problems } = contract;
        return {
          ...{ model: name, version },
          source: surroundings.origin.row.source,
          source_kind: sourceKind(surroundings.origin),
          who_trained: trainerOf(surroundings),
          git: gitOf(surroundings.origin),
          data_contract: {
            ...{ state, problems: [...problems] },
            ...(digest === undefined ? {} : { digest }),
            ...(uri === undefined ? {} : { uri }),
          },
          ...copyOf(graphOf(surroundings)),
          ...(token === undefined ? {} : { next_page_token: token }),
        };
      },
    },
  };
}

const asRow = (dataset: LineageDataset): LineageDataset & Readonly<Record<string, unknown>> => ({
  ...dataset,
});

const sourceKind = ({ row, loggedModel }: Origin): string => {
  if (loggedModel !== undefined) return 'logged_model';
  return row.runId === '' ? 'files' : 'run';
};

const copyOf = ({ nodes, edges }: ReturnType<typeof graphOf>) => ({
  nodes: nodes.map((node) => ({ ...node, facts: { ...node.facts } })),
  edges: edges.map((edge) => ({ ...edge })),
});
