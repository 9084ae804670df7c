import Sqlite from 'better-sqlite3';
import { expect } from 'vitest';
import { allRuns, allVersions, getModel, type Run } from '../support/api.js';
import type { Client } from '../support/client.js';
import type { Ledger } from './ledger.js';

/** Compares what the server has with what its clients were told. */
export async function audit(client: Client, ledger: Ledger, experiment: string): Promise<void> {
  const runs = new Map((await allRuns(client, experiment)).map((run) => [run.info.run_id, run]));
  auditRuns(ledger, runs);
  await auditModels(client, ledger);
  await auditVersions(client, ledger);
  await auditOwnModels(client, ledger);
}

function auditRuns(ledger: Ledger, runs: ReadonlyMap<string, Run>): void {
  const lost = [...ledger.runs.keys()].filter((run) => !runs.has(run));
  expect(lost, 'acknowledged runs that are lost').toEqual([]);
  for (const { info, data } of runs.values()) {
    const made = (data.tags ?? []).filter(({ key }) => ['made', 'first', 'second'].includes(key));
    expect(made.length, `tags with which run ${info.run_id} was made`).toBe(3);
  }
  const stored = new Map([...runs].map(([id, run]) => [id, keysOf(run)]));
  const problems = ledger.writes.flatMap((write) => {
    const keys = stored.get(write.run);
    const parts = (['metrics', 'params', 'tags'] as const).flatMap((kind) =>
      write[kind].map((key) => ({ part: `${kind} ${key}`, there: keys?.[kind].has(key) ?? false })),
    );
    const found = parts.filter(({ there }) => there).length;
    if (found === parts.length) return [];
    if (write.fate === 'unknown' && found === 0) return [];
    const missing = parts.filter(({ there }) => !there).map(({ part }) => part);
    return [`${write.fate}, ${found} of ${parts.length} there, without ${missing.join(', ')}`];
  });
  expect(problems, 'writes that are lost or there in part').toEqual([]);
}

function keysOf({ data }: Run) {
  const keys = (list: readonly { readonly key: string }[] | undefined) =>
    new Set((list ?? []).map(({ key }) => key));
  return { metrics: keys(data.metrics), params: keys(data.params), tags: keys(data.tags) };
}

async function auditModels(client: Client, ledger: Ledger): Promise<void> {
  for (const [name, fate] of ledger.models) {
    const answer = await client.call('GET', 'registered-models/get', { name });
    if (fate === 'unknown' && answer.status === 404) continue;
    expect(answer.status, `${fate} model ${name}`).toBe(200);
    const { registered_model } = answer.json<{ registered_model: { tags?: unknown[] } }>();
    expect(registered_model.tags?.length, `tags of model ${name}`).toBe(2);
  }
}

async function auditVersions(client: Client, ledger: Ledger): Promise<void> {
  for (const [model, { numbers, unknown }] of ledger.versions) {
    expect(new Set(numbers).size, `distinct versions of ${model}`).toBe(numbers.length);
    const stored = (await allVersions(client, model)).map(({ version }) => Number(version));
    stored.sort((one, other) => one - other);
    const all = stored.map((_, index) => index + 1);
    expect(stored, `version numbers of ${model}`).toEqual(all);
    expect(numbers.filter((number) => number > stored.length)).toEqual([]);
    expect(stored.length - numbers.length).toBeLessThanOrEqual(unknown);
  }
}

async function auditOwnModels(client: Client, ledger: Ledger): Promise<void> {
  for (const [name, { settled, attempted }] of ledger.production) {
    const versions = await allVersions(client, name);
    const production = versions.filter((version) => version.current_stage === 'Production');
    expect([settled, attempted], name).toContain(production[0]?.version ?? '');
    expect(production.length, `versions of ${name} in Production`).toBeLessThanOrEqual(1);
  }
  for (const [name, { settled, attempted }] of ledger.alias) {
    const { aliases = [] } = await getModel(client, name);
    expect(aliases.length).toBeLessThanOrEqual(1);
    expect([settled, attempted], name).toContain(aliases[0]?.version ?? '');
  }
}

/** What SQLite itself says of the file. */
export function checkIntegrity(file: string): void {
  const database = new Sqlite(file, { readonly: true });
  try {
    expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(database.pragma('foreign_key_check')).toEqual([]);
  } finally {
    database.close();
  }
}
