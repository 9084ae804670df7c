import type { RequestListener } from 'node:http';
import { createApp } from '../../app.js';
import { auditSlices } from '../../audit-slices.js';
import { operationTable } from '../../operations.js';
import { systemClock } from '../../platform/clock.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import type { Contract } from '../../platform/http/contract.js';
import type { MountedOperation } from '../../platform/http/guard.js';
import { mountContract } from '../../platform/http/mount.js';
import { Reply, sendText } from '../../platform/http/reply.js';
import { errorSender } from '../../platform/http/send-error.js';
import { type Answer, serve } from '../../platform/http/testing/serve.js';
import { createLog } from '../../platform/log.js';
import { createSlices } from '../../slices.js';
import { newFolder } from '../../testing/new-folder.js';
import { openAccess } from '../open-access.js';
import { hashPassword } from '../passwords.js';
import { ensureBuiltInRoles } from '../roles/built-in-roles.js';
import { RightStore } from '../roles/rights.store.js';
import { RoleStore } from '../roles/roles.store.js';
import { UserStore } from '../users/users.store.js';
import { basic } from './sign-in-on.js';

/** Who asks, in the order of the table's columns. */
export const ROLES = [
  'nobody',
  'stranger',
  'reader',
  'editor',
  'manager',
  'denied',
  'lead',
  'validator',
  'auditor',
  'serving',
  'on-call',
  'admin',
  'read token',
  'write token',
] as const;

export type Role = (typeof ROLES)[number];

const PASSWORD = 'correct horse battery';
const GRANTED: Partial<Record<Role, string>> = {
  reader: 'READ',
  editor: 'EDIT',
  manager: 'MANAGE',
  denied: 'DENY',
};
const BUILT_IN: readonly Role[] = ['lead', 'validator', 'auditor', 'serving', 'on-call'];

/** Tells the marker of a handler that was reached from every other answer. */
const REACHED = 299;

/**
 * A server in which one experiment with one thing of each kind belongs to somebody, and each role
 * has its grants on them; everybody else has none. No handler does anything.
 */
export async function fixtureOf(database: Database, contract: Contract) {
  const config = toConfig(
    { auth: 'true', artifactsDestination: newFolder(), logLevel: 'silent', webhookSecretKey: KEY },
    { authConfig: '[mlflow]\ndefault_permission = NO_PERMISSIONS\n' },
  );
  const log = createLog('silent');
  await makeAccounts(database);
  const things = await makeThings(await serve(await createApp(config, database, log)));
  const headersOf = await signIns(await serve(await createApp(config, database, log)));

  const audit = auditSlices(config, database, systemClock);
  const access = await openAccess(config, {
    ...{ database, log, now: systemClock, trail: audit.trail },
  });
  const { guard } = access.in(database, audit.trail);
  const slices = createSlices(config, database, { audit });
  const table = operationTable(
    slices,
    contract,
    guard,
    async () => undefined,
    async () => '',
  );
  const reached = new Reply((_, response) => sendText(response, REACHED, 'text/plain', ''));
  const operations = Object.fromEntries(
    Object.entries(table).map(([name, entry]) => [
      name,
      { ...(entry as unknown as MountedOperation), handler: async () => reached },
    ]),
  );
  const answer = mountContract({
    ...{ contract, operations, guard, bodyLimit: 1_000_000 },
    sendError: errorSender(log, () => false),
  });
  const listener: RequestListener = (request, response) => void answer(request, response);
  return { listener, things, headersOf };
}

const KEY = 'q8Jt2Vw5Zr1Ys4Xb7Nc0Md3Lf6Kg9HpAoIeU';

async function makeAccounts(database: Database): Promise<void> {
  const users = new UserStore(database);
  const roles = new RoleStore(database);
  await ensureBuiltInRoles(database, roles, new RightStore());
  const passwordHash = await hashPassword(PASSWORD);
  const known = await roles.list(database.read, ['default']);
  await database.write(async (tx) => {
    for (const username of ['owner', ...ROLES]) {
      if (username === 'nobody' || username.endsWith(' token')) continue;
      const isAdmin = username === 'admin';
      const { id } = await users.insert(tx, { username, passwordHash, isAdmin, now: 1 });
      const role = known.find(({ name }) => name === username);
      if (role !== undefined) await roles.assign(tx, id, role.id);
    }
  });
  if (known.length !== BUILT_IN.length) throw new Error('A built-in role is missing');
}

type Ask = Awaited<ReturnType<typeof serve>>;

async function makeThings(ask: Ask) {
  const post = (path: string, json: unknown, who = 'owner') =>
    good(ask(`/api/${path}`, { method: 'POST', json, headers: basic(who, PASSWORD) }));
  const { experiment_id } = (await post('2.0/mlflow/experiments/create', {
    name: 'theirs',
  })) as { experiment_id: string };
  const { run } = await post('2.0/mlflow/runs/create', { experiment_id });
  const { run_id } = (run as { info: { run_id: string } }).info;
  const { model } = await post('2.0/mlflow/logged-models', { experiment_id, name: 'm' });
  const { model_id } = (model as { info: { model_id: string } }).info;
  await post('2.0/mlflow/registered-models/create', { name: 'model' });
  await post('2.0/mlflow/model-versions/create', {
    name: 'model',
    source: `runs:/${run_id}/m`,
    run_id,
  });
  const trace_location = {
    type: 'MLFLOW_EXPERIMENT',
    mlflow_experiment: { experiment_id },
  };
  const trace_info = {
    ...{ trace_id: `tr-${'0'.repeat(32)}`, trace_location, state: 'OK' },
    request_time: '2026-01-01T00:00:00Z',
  };
  await post('3.0/mlflow/traces', { trace: { trace_info } });
  const { dataset } = await post('3.0/mlflow/datasets/create', {
    name: 'd',
    experiment_ids: [experiment_id],
  });
  const { dataset_id } = dataset as { dataset_id: string };
  await post('3.0/mlflow/scorers/register', {
    ...{ experiment_id, name: 'judge', serialized_scorer: '{}' },
  });
  const { issue } = await post('3.0/mlflow/issues', {
    ...{ experiment_id, name: 'i', description: 'd' },
  });
  const { issue_id } = issue as { issue_id: string };
  const { label_schema } = await post('3.0/mlflow/label-schemas/create', {
    ...{ experiment_id, name: 'l', type: 'FEEDBACK', input: { text: {} } },
  });
  const { schema_id } = label_schema as { schema_id: string };
  const { review_queue } = await post('3.0/mlflow/review-queues/create', {
    ...{ experiment_id, name: 'q', queue_type: 'CUSTOM', schema_ids: [schema_id] },
  });
  const { queue_id } = review_queue as { queue_id: string };
  for (const [username, permission] of Object.entries(GRANTED)) {
    for (const [resource_type, resource_id] of [
      ['experiment', experiment_id],
      ['registered_model', 'model'],
    ]) {
      const grant = { username, resource_type, resource_id, permission };
      await post('3.0/mlflow/users/permissions/grant', grant, 'admin');
    }
  }
  const { trace_id } = trace_info;
  const found = await good(
    ask('/api/2.0/mlflow/databricks/registered-models/get?name=model', {
      headers: basic('owner', PASSWORD),
    }),
  );
  const { id } = found.registered_model_databricks as { id: string };
  return {
    registered_model_id: id,
    ...{ experiment_id, experiment_ids: [experiment_id], experiment_name: 'theirs' },
    ...{
      run_id,
      run_uuid: run_id,
      run_ids: [run_id],
      model_id,
      dataset_id,
      issue_id,
      schema_id,
      queue_id,
    },
    ...{ trace_id, request_id: trace_id, trace_ids: [trace_id], request_ids: [trace_id] },
    ...{ name: 'model', version: '1', new_name: 'renamed', stage: 'Staging', alias: 'a' },
    ...{ artifact_path: `${experiment_id}/${run_id}/artifacts/f`, path: `${experiment_id}/x` },
    ...{ trace: { trace_info }, trace_info, locations: [trace_location] },
    ...{ username: 'stranger', max_results: 1, source: `runs:/${run_id}/m` },
  };
}

/** @returns what each role sends along, a token for whoever has one */
async function signIns(ask: Ask): Promise<(role: Role) => Readonly<Record<string, string>>> {
  const mint = async (...scopes: readonly string[]) => {
    const json = { name: scopes.join(), scopes };
    const headers = basic('manager', PASSWORD);
    const asked = ask('/api/runledger/v1/tokens', { method: 'POST', json, headers });
    return { Authorization: `Bearer ${String((await good(asked)).token)}` };
  };
  const reading = await mint('read');
  const writing = await mint('write', 'registry');
  return (role) => {
    if (role === 'nobody') return {};
    if (role === 'read token') return reading;
    return role === 'write token' ? writing : basic(role, PASSWORD);
  };
}

async function good(asked: Promise<Answer>): Promise<Readonly<Record<string, unknown>>> {
  const { status, body, json } = await asked;
  if (status >= 300) throw new Error(`${status}: ${body}`);
  return json;
}
