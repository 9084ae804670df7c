import { hashPassword } from '../../access/passwords.js';
import { ensureBuiltInRoles } from '../../access/roles/built-in-roles.js';
import { RightStore } from '../../access/roles/rights.store.js';
import { RoleStore } from '../../access/roles/roles.store.js';
import { basic } from '../../access/testing/sign-in-on.js';
import { UserStore } from '../../access/users/users.store.js';
import { createApp } from '../../app.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import type { Asking } from '../../platform/http/testing/serve.js';
import { serve } from '../../platform/http/testing/serve.js';
import { createLog } from '../../platform/log.js';
import { newFolder } from '../../testing/new-folder.js';

const PASSWORD = 'correct horse battery';
/** Approvals are asked for, evidence is not: that has its own tests. */
const POLICY = `profiles:
  - name: plain
    models: ["*"]
    mode: enforce
    card: {required: false}
    lineage: {require_commit: false, require_clean: false, require_dataset: false, require_contract: false}
    hyperparameters: {require_any: false}
    metrics: {require_percentiles: []}
`;

export type Somebody = 'ds' | 'lead' | 'validator' | 'serving' | 'on-call' | 'admin' | 'other';

/** Accounts of all roles; `ds` and `other` have none, and may make models of their own. */
export async function makePeople(database: Database): Promise<void> {
  const users = new UserStore(database);
  const roles = new RoleStore(database);
  await ensureBuiltInRoles(database, roles, new RightStore());
  const known = await roles.list(database.read, ['default']);
  const passwordHash = await hashPassword(PASSWORD);
  await database.write(async (tx) => {
    for (const username of ['ds', 'other', 'lead', 'validator', 'serving', 'on-call', 'admin']) {
      const isAdmin = username === 'admin';
      const { id } = await users.insert(tx, { username, passwordHash, isAdmin, now: 1 });
      const role = known.find(({ name }) => name === username);
      if (role !== undefined) await roles.assign(tx, id, role.id);
    }
  });
}

/** A server on which people sign in and everything is enforced. */
export async function signedInServer(database: Database, defaultPermission = 'EDIT') {
  const config = toConfig(
    { auth: 'true', artifactsDestination: newFolder(), logLevel: 'silent', webhookSecretKey: KEY },
    { authConfig: `[mlflow]\ndefault_permission = ${defaultPermission}\n` },
  );
  const ask = await serve(await createApp(config, database, createLog('silent')));
  const as = (who: Somebody, path: string, asking: Asking = {}) =>
    ask(path, { ...asking, headers: { ...basic(who, PASSWORD), ...asking.headers } });
  const send = (who: Somebody, path: string, json: unknown, method = 'POST') =>
    as(who, `/api/2.0/mlflow/${path}`, { method, json });
  const ok = async (who: Somebody, path: string, json: unknown, method = 'POST') => {
    const answer = await send(who, path, json, method);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    // biome-ignore lint/suspicious/noExplicitAny: an answer of the wire, of which tests know the form
    return answer.json as any;
  };
  const policy = await as('admin', '/api/governance/v1/policy', {
    ...{ method: 'PUT', json: { policy_yaml: POLICY } },
  });
  if (policy.status !== 200) throw new Error(policy.body);
  return { as, send, ok };
}

export type SignedInServer = Awaited<ReturnType<typeof signedInServer>>;

const KEY = 'q8Jt2Vw5Zr1Ys4Xb7Nc0Md3Lf6Kg9HpAoIeU';

/** A model of ds: version 1 serves, approved by the lead, and version 2 is as new. */
export async function productionModel(server: SignedInServer, name: string) {
  const { as, send, ok } = server;
  const { experiment_id } = await ok('ds', 'experiments/create', { name: `of ${name}` });
  await ok('ds', 'registered-models/create', { name });
  const trained = async (content: string) => {
    const { run } = await ok('ds', 'runs/create', { experiment_id });
    const { run_id } = run.info;
    const { model } = await ok('ds', 'logged-models', {
      ...{ experiment_id, name: 'm', source_run_id: run_id },
    });
    const { model_id, artifact_uri } = model.info;
    const folder = String(artifact_uri).replace('mlflow-artifacts:/', '').replace(/^\/+/, '');
    const artifact_path = `${folder}/model.bin`;
    const file = { method: 'PUT', body: content, headers: OCTETS };
    const put = await as('ds', `/api/2.0/mlflow-artifacts/artifacts/${artifact_path}`, file);
    if (put.status !== 200) throw new Error(put.body);
    const source = `models:/${model_id}`;
    const { model_version } = await ok('ds', 'model-versions/create', {
      ...{ name, source, model_id, run_id },
    });
    return { run_id, model_id, artifact_path, version: String(model_version.version) };
  };
  const first = await trained('first');
  const second = await trained('second');
  const move = { name, version: '1', stage: 'Production', archive_existing_versions: false };
  await send('ds', 'model-versions/transition-stage', move);
  await ok('lead', 'model-versions/transition-stage', move);
  await ok('lead', 'registered-models/alias', { name, alias: 'champion', version: '1' });
  return { name, experiment_id, first, second };
}

export type ProductionModel = Awaited<ReturnType<typeof productionModel>>;

export const OCTETS = { 'Content-Type': 'application/octet-stream' };
