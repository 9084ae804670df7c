import { beforeEach, expect, it } from 'vitest';
import { createApp } from '../app.js';
import { toConfig } from '../platform/config/config.js';
import type { Database } from '../platform/db/database.js';
import { withSlowLog } from '../platform/db/slow-log.js';
import { serve } from '../platform/http/testing/serve.js';
import { createLog, type Log } from '../platform/log.js';
import { forEachDatabase } from '../testing/for-each-database.js';

forEachDatabase((open) => {
  let database: Database;
  let lines: [string, Record<string, unknown>][];
  let log: Log;

  beforeEach(async () => {
    database = await open();
    lines = [];
    const keep = (line: unknown, message: unknown) =>
      lines.push([String(message), line as Record<string, unknown>]);
    log = Object.assign(createLog('silent'), { warn: keep, debug: keep }) as unknown as Log;
  });

  const started = async (settings: Record<string, string> = {}) =>
    serve(await createApp(toConfig({ artifactsDestination: '.', ...settings }), database, log));

  it('counts requests by operation and class of status', async () => {
    const ask = await started();
    await ask('/api/2.0/mlflow/experiments/get?experiment_id=0');
    await ask('/api/2.0/mlflow/experiments/get?experiment_id=77');
    await ask('/no/such/path');
    const { status, body: text, headers } = await ask('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const count = (operation: string, answered: string) =>
      text.includes(
        `runledger_http_request_duration_seconds_count{operation="${operation}",status="${answered}"} 1`,
      );
    expect(count('getExperiment', '2xx')).toBe(true);
    expect(count('getExperiment', '4xx')).toBe(true);
    expect(count('none', '4xx')).toBe(true);
    expect(text).toContain('runledger_http_requests_in_flight 1');
    expect(text).toMatch(/runledger_database_load\{what="\w+"\} \d/);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('counts what background work is owed', async () => {
    const ask = await started({ governance: 'observe' });
    const body = JSON.stringify({ name: 'counted' });
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    await ask('/api/2.0/mlflow/registered-models/create', post);
    await database.write(async (tx) => {
      await tx.run({
        sql: 'insert into jobs (kind, reference, lane, due_time, claims) values (?, ?, ?, ?, 0)',
        bindings: ['a test', 1, 1, Date.now() - 5_000],
      });
    });
    const { body: text } = await ask('/metrics');
    expect(text).toContain('runledger_jobs_due{kind="a test"} 1');
    expect(text).toMatch(/runledger_jobs_oldest_seconds\{kind="a test"\} [5-9]/);
  });

  it('tells of slow requests without what their addresses hold', async () => {
    const ask = await started({ slowRequestMs: '1' });
    const filter = encodeURIComponent(`name LIKE '%a secret%'`);
    await ask(`/api/2.0/mlflow/registered-models/search?filter=${filter}`);
    const [, line] = lines.find(([message]) => /request/.test(message)) ?? [];
    expect(line).toMatchObject({
      operation: 'searchRegisteredModels',
      path: '/api/2.0/mlflow/registered-models/search',
      status: 200,
      request_id: expect.any(String),
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('tells of slow statements, their text alone', async () => {
    const told: string[] = [];
    const watched = withSlowLog(database, 0, ({ sql }) => told.push(sql));
    const query = { sql: 'select name from experiments where name = ?', bindings: ['hidden'] };
    await watched.read.all(query);
    await watched.scan.first(query);
    await watched.write(async (tx) => {
      await tx.first(query);
      await tx.run({ sql: 'update experiments set name = name where name = ?', bindings: ['x'] });
    });
    expect(told).toEqual([query.sql, query.sql, query.sql, expect.stringMatching(/^update/)]);
    expect(told.join()).not.toContain('hidden');
  });
});
