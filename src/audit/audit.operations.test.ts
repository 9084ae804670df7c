import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../app.js';
import { toConfig } from '../platform/config/config.js';
import { createLog } from '../platform/log.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { newFolder } from '../testing/new-folder.js';
import { LogVerifier } from './log-verifier.js';
import { leafHash, provesConsistency, provesInclusion } from './merkle.js';
import { openCheckpoint, parseKey } from './signed-note.js';

const KEY = 'a key of this test 0123456789abcdef';
/** All that the answers of this test may have. */
interface Answer {
  readonly entries: { readonly entry: Record<string, unknown> }[];
  readonly next_page_token: string;
  readonly key: string;
  readonly leaf_hash: string;
  readonly proof: string[];
  readonly checkpoint: { readonly note: string };
  readonly checkpoints: { readonly size: number }[];
  readonly experiment_id: string;
  readonly run: { readonly info: { readonly run_id: string } };
}

const hashes = (proof: string[]) => proof.map((hash) => Buffer.from(hash, 'hex'));

forEachDatabase((open) => {
  let url: string;
  let close: () => void;

  beforeAll(async () => {
    const database = await open();
    const config = toConfig({
      governance: 'compat',
      artifactsDestination: newFolder(),
      webhookSecretKey: KEY,
    });
    const app = await createApp(config, database, createLog('silent'));
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
  });
  afterAll(() => close());

  const ask = (path: string) => fetch(`${url}/api/governance/v1/audit${path}`);
  const get = async (path: string) => (await (await ask(path)).json()) as Answer;
  const post = async (path: string, body: unknown, method = 'POST') => {
    const headers = { 'content-type': 'application/json', 'user-agent': 'a\tclient' };
    const answer = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      ...{ method, headers, body: JSON.stringify(body) },
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Answer;
  };
  const actions = async (query: string) =>
    (await get(query)).entries.map(({ entry }) => entry.action);

  it('is empty at first', async () => {
    expect(await get('')).toEqual({ entries: [] });
    expect((await ask('/checkpoint')).status).toBe(404);
    expect((await (await ask('/export.ndjson')).text()).trimEnd().split('\n')).toHaveLength(1);
  });

  it('tells of what is done to the registry, to experiments and to runs', async () => {
    const version = { name: 'm', source: 's3://bucket/model' };
    await post('registered-models/create', { name: 'm' });
    await post('model-versions/create', version);
    await post('model-versions/create', version);
    const move = { name: 'm', stage: 'Production', archive_existing_versions: true };
    await post('model-versions/transition-stage', { ...move, version: '1' });
    await post('model-versions/transition-stage', { ...move, version: '2' });
    await post('registered-models/alias', { name: 'm', alias: 'best', version: '1' });
    await post('registered-models/alias', { name: 'm', alias: 'best', version: '2' });
    const { experiment_id } = await post('experiments/create', { name: 'e' });
    const { run } = await post('runs/create', { experiment_id });
    await post('runs/delete', { run_id: run.info.run_id });
    await post('runs/restore', { run_id: run.info.run_id });
    await post('experiments/delete', { experiment_id });
    await post('experiments/restore', { experiment_id });
    expect(await actions('?actor=anonymous')).toEqual([
      ...['experiment.restore', 'experiment.delete', 'run.restore', 'run.delete'],
      ...['experiment.create', 'registered_model_alias.set', 'registered_model_alias.set'],
      ...['model_version.transition', 'model_version.transition', 'model_version.transition'],
      ...['model_version.create', 'model_version.create', 'registered_model.create'],
    ]);
    const { entries } = await get('?object_kind=model_version&object_id=m/1&max_results=1');
    expect(entries[0]?.entry).toMatchObject({
      ...{ before: { stage: 'Production' }, after: { stage: 'Archived' }, decision: 'allowed' },
      origin: { address: '127.0.0.1', user_agent: 'a?client' },
    });
    const [alias] = (await get('?action=registered_model_alias.set')).entries;
    expect(alias?.entry).toMatchObject({ before: { version: 1 }, after: { version: 2 } });
  });

  it('proves its entries under a signed checkpoint', async () => {
    const key = parseKey((await get('/key')).key);
    const old = openCheckpoint((await get('/checkpoint')).checkpoint.note, key);
    await post('registered-models/create', { name: 'another' });
    const { leaf_hash, proof, checkpoint } = await get('/proof/inclusion?seq=3');
    const now = openCheckpoint(String(checkpoint), key);
    const leaf = Buffer.from(leaf_hash, 'hex');
    expect(provesInclusion(leaf, 2, now.size, hashes(proof), now.root)).toBe(true);
    const grown = await get(`/proof/consistency?from=${old.size}`);
    expect(provesConsistency(old, now, hashes(grown.proof))).toBe(true);
    const { checkpoints } = await get('/checkpoints');
    expect(checkpoints.map(({ size }) => size)).toEqual([old.size, now.size]);

    const lines = (await (await ask('/export.ndjson')).text()).trimEnd().split('\n');
    expect(leafHash(Buffer.from(lines[3] ?? '')).equals(leaf)).toBe(true);
    const verifier = new LogVerifier({ key });
    for (const line of lines) verifier.line(line);
    expect(verifier.finish()).toMatchObject({ ok: true, entries: now.size, checkpoints: 2 });
    expect(await get('/verify')).toMatchObject({ ok: true, entries: now.size, problems: [] });
  });

  it('goes through pages, whose tokens fit no other question', async () => {
    const first = await get('?max_results=10');
    const rest = await get(`?max_results=10&page_token=${first.next_page_token}`);
    expect([first.entries.length, rest.entries.length]).toEqual([10, 4]);
    const other = await ask(`?actor=x&page_token=${first.next_page_token}`);
    expect(other.status).toBe(400);
  });

  it.each([
    ['?max_results=0', 400],
    ['?max_results=1001', 400],
    ['?from=x', 400],
    ['?from=2026-13-45', 400],
    ['?from=May%201', 400],
    ['?from=2026-05-01', 200],
    ['?from=2026-05-01T00:00Z&to=2026-05-01T02:00:00.5%2B02:00', 200],
    ['?page_token=x', 400],
    ['?actor=%00', 400],
    ['/proof/inclusion?seq=0', 404],
    ['/proof/inclusion?seq=99', 404],
    ['/proof/inclusion?seq=-1', 404],
    ['/proof/inclusion?seq=9223372036854775807', 404],
    ['/proof/inclusion', 400],
    ['/proof/consistency?from=0', 400],
    ['/proof/consistency?from=3&to=2', 400],
    ['/proof/consistency?from=1&to=99', 400],
    ['/proof/consistency?from=9223372036854775807', 400],
    ['/checkpoints?after=-9', 200],
    ['?from=9223372036854775807', 200],
    ['?decision=perhaps', 400],
  ])('answers %s with %i', async (path, status) => {
    const answer = await ask(path);
    expect([answer.status, await answer.text()]).toEqual([status, expect.any(String)]);
  });
});
