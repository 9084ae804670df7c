import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fixtureOf, ROLES } from './access/testing/access-fixture.js';
import { requestFor } from './access/testing/request-for.js';
import { loadContract } from './platform/http/contract.js';
import { serve } from './platform/http/testing/serve.js';
import { forEachDatabase } from './testing/for-each-database.js';

const TABLE = 'docs/access-table.md';
const contract = loadContract();

const ASSESSMENT = {
  assessment_name: 'good',
  source: { source_type: 'HUMAN', source_id: 'ann' },
  feedback: { value: 1 },
};

/** Names of fields that mean something else in some operations. */
const PREFER: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  registerScorer: { name: 'judge' },
  listScorers: { experiment_ids: [] },
  listScorerVersions: { name: 'judge' },
  getScorer: { name: 'judge' },
  deleteScorer: { name: 'judge' },
  upsertOnlineScoringConfig: { name: 'judge' },
  createAssessment: { assessment: ASSESSMENT },
  updateAssessment: { assessment: ASSESSMENT, update_mask: 'feedback' },
  redeliverWebhookDelivery: { delivery_id: 'd', webhook_id: 'w' },
  createExperiment: { name: 'a new one' },
  createRegisteredModel: { name: 'a new one' },
  resolveModelUri: { uri: 'models:/model/1' },
  watchModels: { models: ['model'] },
};

const SIGN: Readonly<Record<number, string>> = { 401: '401', 403: '-' };

/**
 * Every operation is asked as every role over HTTP, through the same mounting and guard as in a
 * server; only its handler is replaced by one that does nothing, so that no request changes what
 * the next one finds. RUNLEDGER_WRITE_ACCESS_TABLE=1 renews the table, which is for people to read.
 */
forEachDatabase((open, kind) => {
  it('lets in whom the table says', { timeout: 120_000 }, async () => {
    const { listener, things, headersOf } = await fixtureOf(await open(), contract);
    const ask = await serve(listener);
    const rows = new Map<string, string>();
    for (const route of contract.routes) {
      const made = requestFor(contract, route, things, PREFER[route.operation] ?? {});
      const cells: string[] = [];
      for (const role of ROLES) {
        const { path, ...rest } = made;
        const { status } = await ask(path, {
          ...rest,
          headers: { ...headersOf(role), 'x-mlflow-experiment-id': things.experiment_id },
        });
        cells.push(SIGN[status] ?? (status === 299 ? 'x' : `${status}`));
      }
      const row = `| ${route.operation} | ${cells.join(' | ')} |`;
      // Two routes to one operation are judged alike.
      expect(rows.get(route.operation) ?? row).toBe(row);
      rows.set(route.operation, row);
    }
    const head = `| operation | ${ROLES.join(' | ')} |\n|${' --- |'.repeat(ROLES.length + 1)}`;
    const table = `${head}\n${[...rows.values()].sort().join('\n')}\n`;
    const text = await readFile(TABLE, 'utf8');
    const start = text.indexOf('| operation |');
    if (process.env.RUNLEDGER_WRITE_ACCESS_TABLE && kind === 'SQLite') {
      await writeFile(TABLE, text.slice(0, start) + table);
    } else {
      expect(text.slice(start)).toBe(table);
    }
  });
});
