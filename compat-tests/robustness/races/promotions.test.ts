import { beforeAll, expect, it } from 'vitest';
import { type Answer, Client } from '../support/client.js';
import { together } from '../support/cluster.js';
import { onBothDatabases } from '../support/place.js';
import { startServer } from '../support/server.js';

const PASSWORD = 'a long password of tests';
const ADMIN = 'the password of the admin';
/** Approvals are asked for, evidence is not: that is not what races. */
const PROFILE = `
    mode: enforce
    card: {required: false}
    lineage: {require_commit: false, require_clean: false, require_dataset: false, require_contract: false}
    hyperparameters: {require_any: false}
    metrics: {require_percentiles: []}`;
const POLICY = `profiles:
  - name: two
    models: ["two-*"]${PROFILE}
    approvals: {quorum: 2, roles: {lead: 2}}
  - name: plain
    models: ["*"]${PROFILE}
`;
const LEADS = ['lea', 'leo', 'lou'] as const;

interface Listed {
  readonly version: string;
  readonly current_stage: string;
}

/** Three replicas on PostgreSQL and one server on SQLite: of what races, one wins. */
onBothDatabases((newPlace) => {
  let clients: readonly Client[];

  /** Asks as somebody, at the server whose turn it is. */
  const ask = (who: string, at: number, method: string, path: string, json: object) => {
    const client = clients[at % clients.length];
    if (client === undefined) throw new Error('There is no server');
    const secret = Buffer.from(`${who}:${who === 'admin' ? ADMIN : PASSWORD}`).toString('base64');
    const headers = { Authorization: `Basic ${secret}`, 'Content-Type': 'application/json' };
    return client.ask({ method, path, headers, body: JSON.stringify(json) });
  };
  const ok = async <T>(who: string, method: string, path: string, json: object): Promise<T> => {
    const answer = await ask(who, 0, method, path, json);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json<T>();
  };
  const API = '/api/2.0/mlflow';

  beforeAll(async () => {
    const place = await newPlace();
    const settings = {
      flags: ['--app-name', 'basic-auth'],
      environment: { MLFLOW_AUTH_ADMIN_PASSWORD: ADMIN, MLFLOW_FLASK_SERVER_SECRET_KEY: 'a key' },
    };
    const first = await startServer(place, settings);
    const more = place.kind === 'SQLite' ? 0 : 2;
    const others = await together(more, () => startServer(place, settings));
    clients = [first, ...others].map(({ url }) => new Client(url, 16));
    await ok('admin', 'PUT', '/api/governance/v1/policy', { policy_yaml: POLICY });
    const { roles } = await ok<{ roles: { id: number; name: string }[] }>(
      ...(['admin', 'GET', '/api/3.0/mlflow/roles/list?workspace=default', {}] as const),
    );
    const role_id = roles.find(({ name }) => name === 'lead')?.id;
    for (const username of ['ds', ...LEADS]) {
      await ok('admin', 'POST', `${API}/users/create`, { username, password: PASSWORD });
      if (username === 'ds') continue;
      await ok('admin', 'POST', '/api/3.0/mlflow/roles/assign', { username, role_id });
    }
  });

  const model = async (name: string, versions: number) => {
    await ok('ds', 'POST', `${API}/registered-models/create`, { name });
    for (let count = 0; count < versions; count += 1) {
      await ok('ds', 'POST', `${API}/model-versions/create`, { name, source: 's3://bucket/m' });
    }
  };
  const promote = (who: string, at: number, name: string, version: string) =>
    ask(who, at, 'POST', `${API}/model-versions/transition-stage`, {
      ...{ name, version, stage: 'Production', archive_existing_versions: true },
    });
  const listed = async (name: string) => {
    const filter = encodeURIComponent(`name='${name}'`);
    const path = `${API}/model-versions/search?filter=${filter}`;
    return (await ok<{ model_versions: Listed[] }>('ds', 'GET', path, {})).model_versions;
  };
  const inProduction = async (name: string) =>
    (await listed(name)).filter(({ current_stage }) => current_stage === 'Production');

  /** @returns how many have lost, each of them by one conflict */
  function losers(answers: readonly Answer[]): number {
    const lost = answers.filter(({ status }) => status !== 200);
    for (const answer of lost) {
      const { error_code, error_class } = answer.json<Record<string, string>>();
      expect([answer.status, error_code, error_class], answer.text).toEqual([
        ...[409, 'RESOURCE_CONFLICT', 'CONCURRENT_TRANSITION'],
      ]);
    }
    expect(lost.length).toBeLessThan(answers.length);
    return lost.length;
  }

  it('has exactly one version in Production after each of 100 rounds of promotions', async () => {
    const name = 'raced';
    await model(name, 4);
    let lost = 0;
    let versions = await listed(name);
    for (let round = 0; round < 100; round += 1) {
      const waiting = versions.filter((one) => one.current_stage !== 'Production');
      const wanted = waiting.slice(0, LEADS.length);
      const answers = await together(wanted.length, (index) =>
        promote(LEADS[index] ?? '', index + round, name, wanted[index]?.version ?? ''),
      );
      lost += losers(answers);
      versions = await listed(name);
      expect(versions.filter((one) => one.current_stage === 'Production')).toHaveLength(1);
    }
    expect(lost).toBeGreaterThan(0);
  });

  it('takes one of two last votes', async () => {
    for (let round = 0; round < 8; round += 1) {
      const name = `two-${round}`;
      await model(name, 1);
      const opened = await promote('ds', 0, name, '1');
      expect(opened.status).toBe(403);
      expect((await promote('lea', 1, name, '1')).status).toBe(403);
      losers(await together(2, (index) => promote(LEADS[index + 1] ?? '', index, name, '1')));
      expect(await inProduction(name)).toHaveLength(1);
      const path = '/api/governance/v1/requests';
      const { requests } = await ok<{ requests: { request_id: string; status: string }[] }>(
        ...(['lea', 'GET', `${path}?name=${name}`, {}] as const),
      );
      expect(requests.map(({ status }) => status)).toEqual(['approved']);
      const { request } = await ok<{ request: { approvals: { dismissed_timestamp?: number }[] } }>(
        ...(['lea', 'GET', `${path}/${requests[0]?.request_id}`, {}] as const),
      );
      const { approvals } = request;
      expect(approvals.filter((one) => one.dismissed_timestamp === undefined)).toHaveLength(2);
    }
  });

  it('points a protected alias at one version while leads move it', async () => {
    const name = 'pointed';
    await model(name, 4);
    for (let round = 0; round < 25; round += 1) {
      const answers = await together(LEADS.length, (index) =>
        ask(LEADS[index] ?? '', index + round, 'POST', `${API}/registered-models/alias`, {
          ...{ name, alias: 'champion', version: String(((index + round) % 4) + 1) },
        }),
      );
      losers(answers);
      const { live } = await ok<{ live: { alias?: string; version: string }[] }>(
        ...(['ds', 'GET', `/api/governance/v1/models/${name}/live`, {}] as const),
      );
      const named = await ok<{ model_version: Listed }>(
        ...([
          'ds',
          'GET',
          `${API}/registered-models/alias?name=${name}&alias=champion`,
          {},
        ] as const),
      );
      // What the history says and what clients load is the same one.
      expect(live.map(({ version }) => version)).toEqual([named.model_version.version]);
    }
  });

  it('promotes no card that nobody has seen', async () => {
    const name = 'carded';
    await model(name, 30);
    for (let version = 1; version <= 30; version += 1) {
      const tag = { name, version: String(version), key: 'model_card', value: `name: ${version}` };
      const [moved, tagged] = await Promise.all([
        promote('lea', version, name, String(version)),
        ask('ds', version + 1, 'POST', `${API}/model-versions/set-tag`, tag),
      ]);
      expect(tagged?.status).toBe(200);
      const served = (await inProduction(name)).map((one) => one.version);
      if (moved?.status === 200) expect(served).toEqual([String(version)]);
      else {
        losers([moved, tagged].flatMap((one) => one ?? []));
        expect(served).not.toContain(String(version));
      }
    }
  });
});
