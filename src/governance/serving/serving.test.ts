import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { createServingWork, type ServingWork } from '../../serving-work.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';

const OWN = '/api/governance/v1';
const API = '/api/2.0/mlflow';

interface Told {
  readonly id?: string;
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

forEachDatabase((open) => {
  let database: Database;
  let work: ServingWork;
  let url: string;
  let close: () => void;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    const log = createLog('silent');
    work = createServingWork(database, log);
    const config = toConfig({ artifactsDestination: newFolder(), logLevel: 'silent' });
    const app = express().use(await createApp(config, database, log, { serving: work }));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => {
      server.closeAllConnections();
      server.close();
    };
  });
  afterAll(async () => {
    await work.stop();
    close();
  });

  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, { headers });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type') === 'application/json';
    return {
      status: answer.status,
      etag: answer.headers.get('etag') ?? '',
      json: isJson && text !== '' ? JSON.parse(text) : {},
    };
  };
  const post = async (path: string, body: object) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as Record<string, { version: string }>;
  };
  const promote = (version: string) =>
    post(`${API}/model-versions/transition-stage`, {
      ...{ name, version, stage: 'Production', archive_existing_versions: true },
    });
  const fresh = async () => {
    name = `served-${++count}`;
    await post(`${API}/registered-models/create`, { name });
    for (const _ of [1, 2]) {
      await post(`${API}/model-versions/create`, { name, source: 's3://bucket/model' });
    }
    await promote('1');
  };
  const resolve = (selector: string, more = '', headers = {}) =>
    ask(`${OWN}/resolve?uri=${encodeURIComponent(`models:/${name}${selector}`)}${more}`, headers);

  describe('resolve', () => {
    it('knows every kind of selector, and says which generation it has seen', async () => {
      await fresh();
      await promote('2');
      await post(`${API}/registered-models/alias`, { name, alias: 'champion', version: '2' });
      for (const selector of ['/Production', '/production', '@champion', '/2', '/latest']) {
        const { status, json, etag } = await resolve(selector);
        expect([status, json.version, etag], selector).toEqual([
          ...[200, '2', `"g${json.generation}"`],
        ]);
      }
      expect((await resolve('/Production')).json.previous).toMatchObject({ version: '1' });
      for (const selector of ['/Staging', '/9', '/^7', '/nonsense', '@nobody']) {
        const { status, json } = await resolve(selector);
        expect([status, json.error_class], selector).toEqual([404, 'NO_MATCHING_VERSION']);
      }
      for (const uri of ['models:/m', 'runs:/x/y', 'models:/m-1', '', 'models:///3']) {
        const { status } = await ask(`${OWN}/resolve?uri=${encodeURIComponent(uri)}`);
        expect([uri, status]).toEqual([uri, 400]);
      }
    });

    it('answers 304 until something changes, and waits for that if it is asked to', async () => {
      await fresh();
      const { etag, json } = await resolve('/Production');
      expect((await resolve('/Production', '', { 'If-None-Match': etag })).status).toBe(304);
      const several = `"g${json.generation - 1}", W/${etag}`;
      expect((await resolve('/Production', '', { 'If-None-Match': several })).status).toBe(304);
      const known = `&wait=20&generation=${json.generation}`;
      const waiting = resolve('/Production', known);
      const other = resolve('/Production', '&wait=20', { 'If-None-Match': etag });
      await promote('2');
      for (const answer of [await waiting, await other]) {
        expect([answer.status, answer.json.version]).toEqual([200, '2']);
        expect(answer.json.generation).toBeGreaterThan(json.generation);
      }
      // What has changed already is told at once.
      expect((await resolve('/Production', known)).json.version).toBe('2');
      expect((await resolve('/Production', '&wait=61')).status).toBe(400);
      expect((await resolve('/Production', '&wait=x')).status).toBe(400);
    });

    it('counts all that changes what a selector yields', async () => {
      await fresh();
      const generation = async () => (await resolve('/1')).json.generation as number;
      let before = await generation();
      const grows = async (path: string, body: object, method = 'POST') => {
        const answer = await fetch(`${url}${API}/${path}`, {
          method,
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect(answer.status, path).toBe(200);
        const after = await generation();
        expect(after, path).toBeGreaterThan(before);
        before = after;
      };
      const stage = { name, version: '2', stage: 'Staging' };
      await grows('model-versions/transition-stage', stage);
      await grows('registered-models/alias', { name, alias: 'a', version: '2' });
      await grows('registered-models/alias', { name, alias: 'a' }, 'DELETE');
      await grows('model-versions/create', { name, source: 's3://b/m' });
      await grows('model-versions/delete', { name, version: '3' }, 'DELETE');
    });
  });

  describe('watch', () => {
    /** Reads a stream until as many events have come. */
    const watch = (models: string, events: number, last?: string): Promise<Told[]> =>
      new Promise((done, fail) => {
        const headers = last === undefined ? {} : { 'Last-Event-ID': last };
        const request = get(`${url}${OWN}/watch?models=${models}`, { headers }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
            const told = text.split('\n\n').slice(0, -1).map(readEvent);
            const found = told.filter(({ data }) => data !== undefined);
            if (found.length < events) return;
            request.destroy();
            done(found);
          });
        });
        request.on('error', fail);
      });

    it('tells how things stand, then what changes, and resumes without a gap', async () => {
      await fresh();
      const told = watch(name, 3);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await promote('2');
      const [first, second, third] = await told;
      expect(first).toMatchObject({ event: 'snapshot', data: { stages: { Production: '1' } } });
      const changes = [second, third].map((one) => [one?.data?.version, one?.data?.stage]);
      expect(changes).toEqual([
        ['1', 'Archived'],
        ['2', 'Production'],
      ]);
      await promote('1');
      const again = await watch(name, 3, second?.id);
      expect(again.map(({ data }) => [data?.version, data?.stage])).toEqual([
        ...[
          ['2', 'Production'],
          ['2', 'Archived'],
        ],
        ['1', 'Production'],
      ]);
      const ids = again.map(({ id }) => Number(id));
      expect(ids).toEqual([...new Set(ids)].sort((one, next) => one - next));
      // One who names an event of another database, or of long ago, begins anew.
      const [anew] = await watch(name, 1, '999999999');
      expect(anew?.event).toBe('snapshot');
    });

    it('refuses what is no model, or too many', async () => {
      expect((await ask(`${OWN}/watch?models=`)).status).toBe(400);
      expect((await ask(`${OWN}/watch?models=nobody`)).status).toBe(404);
      const many = Array.from({ length: 101 }, (_, index) => `m${index}`).join(',');
      expect((await ask(`${OWN}/watch?models=${many}`)).status).toBe(400);
    });
  });

  it('says what was live at a time, in whatever zone it is given', async () => {
    const before = Date.now() - 1;
    await fresh();
    const at = async (text: string | number) => ask(`${OWN}/models/${name}/live?at=${text}`);
    const moments = ['2026-05-01T00:00Z', '2026-05-01', '2026-05-01T00:00'];
    for (const text of [...moments, '2026-05-01T02:00+02:00', '2026-04-30T22:30:00.0-01:30']) {
      expect((await at(text)).json, text).toMatchObject({ at: Date.UTC(2026, 4), live: [] });
    }
    expect((await at(before)).json.live).toEqual([]);
    expect((await at('')).json.live).toMatchObject([{ version: '1', stage: 'Production' }]);
    for (const text of ['now', '2026-13-01', 'May%201', '2026-02-30', '2026-05-01T25:00Z']) {
      expect((await at(text)).status, text).toBe(400);
    }
  });

  it('notes who loads which version, once every few seconds', async () => {
    await fresh();
    const query = `name=${name}&version=1`;
    for (const _ of [1, 2, 3]) {
      await ask(`${API}/model-versions/get-download-uri?${query}`, { 'User-Agent': 'kserve/1' });
    }
    await work.notes.flush();
    const { json } = await ask(`${OWN}/models/${name}/consumers`);
    expect(json.consumers).toEqual([
      expect.objectContaining({
        ...{ principal: 'anonymous', version: '1', user_agent: 'kserve/1', loads: 3 },
        flags: [],
      }),
    ]);
    expect((await ask(`${OWN}/models/${name}/consumers?page_token=x`)).status).toBe(400);
    expect((await ask(`${OWN}/models/nobody/consumers`)).status).toBe(404);
  });

  it('sends a version as an archive, and nothing where there is nothing', async () => {
    await fresh();
    const { run } = (await post(`${API}/runs/create`, {
      experiment_id: '0',
    })) as unknown as { run: { info: { run_id: string; artifact_uri: string } } };
    const folder = `${run.info.artifact_uri.replace('mlflow-artifacts:/', '')}/model`;
    for (const [path, text] of [
      ['MLmodel', 'flavors: {}\n'],
      ['code/__init__.py', ''],
      ['data/weights.bin', 'w'.repeat(100_000)],
    ]) {
      const address = `${url}/api/2.0/mlflow-artifacts/artifacts/${folder}/${path}`;
      expect((await fetch(address, { method: 'PUT', body: text ?? '' })).status).toBe(200);
    }
    const source = `${run.info.artifact_uri}/model`;
    const made = await post(`${API}/model-versions/create`, {
      ...{ name, source, run_id: run.info.run_id },
    });
    const version = made.model_version?.version;
    const answer = await fetch(`${url}/serve/${name}/${version}/model.tar.gz`);
    const packed = Buffer.from(await answer.arrayBuffer());
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      ...[200, 'application/x-gzip'],
    ]);
    expect(answer.headers.get('content-encoding')).toBeNull();
    const tar = gunzipSync(packed).toString('latin1');
    expect(tar).toContain('code/__init__.py');
    expect(tar).toContain('data/weights.bin');
    expect(tar).toContain('w'.repeat(1_000));
    expect((await ask(`/serve/${name}/Staging/model.tar.gz`)).status).toBe(404);
    expect((await ask(`/serve/nobody/Production/model.tar.gz`)).status).toBe(404);
  });

  it('drills on a model of its own, and keeps the times', async () => {
    const { drill } = (await post(`${OWN}/drills`, { poll_seconds: 0.2 })) as unknown as {
      drill: { drill_id: string; measured: { what: string; within_budget: boolean }[] };
    };
    expect(drill.measured).toHaveLength(3);
    const { json } = await ask(`${OWN}/drills?max_results=1`);
    expect(json.drills[0]).toEqual(drill);
    const { json: left } = await ask(`${API}/registered-models/search`);
    const names = (left.registered_models ?? []).map((one: { name: string }) => one.name);
    expect(names.filter((one: string) => one.startsWith('runledger-drill'))).toEqual([]);
  });
});

function readEvent(text: string): Told {
  const field = (key: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${key}: `))
      ?.slice(key.length + 2);
  const [id, event, data] = [field('id'), field('event'), field('data')];
  return {
    ...(id === undefined ? {} : { id }),
    ...(event === undefined ? {} : { event }),
    ...(data === undefined ? {} : { data: JSON.parse(data) }),
  };
}
