import { beforeAll, beforeEach, expect, it } from 'vitest';
import { requestFor } from '../../access/testing/request-for.js';
import { SCHEMA } from '../../graphql/schema.js';
import type { Database } from '../../platform/db/database.js';
import { loadContract } from '../../platform/http/contract.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import {
  makePeople,
  type ProductionModel,
  productionModel,
  type SignedInServer,
  signedInServer,
} from '../testing/production-fixture.js';

const contract = loadContract();

/** What is asked of a write, beside the names of the model's things, and how it ends. */
interface Attempt {
  readonly with?: Readonly<Record<string, unknown>>;
  readonly ends: string;
}

const one = { version: '1' };
const two = { version: '2' };
const status = { key: 'gov.status', value: 'reviewed', tags: [{ key: 'gov.card', value: 'ok' }] };

/**
 * Every write of the contract that touches models or what they were made of, as whoever made the
 * model asks for it. `free` changes nothing of what serves, `taken` is refused as MLflow does, and
 * `not his` is a right of other people.
 */
const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  createRegisteredModel: { ends: 'taken' },
  renameRegisteredModel: { ends: 'DELETE_PROTECTED' },
  updateRegisteredModel: { with: { description: 'd' }, ends: 'free' },
  deleteRegisteredModel: { ends: 'DELETE_PROTECTED' },
  getLatestVersions: { with: { stages: ['Production'] }, ends: 'free' },
  setRegisteredModelTag: { with: status, ends: 'RESERVED_TAG' },
  deleteRegisteredModelTag: { with: status, ends: 'RESERVED_TAG' },
  setRegisteredModelAlias: { with: { ...two, alias: 'CHAMPION' }, ends: 'APPROVAL_REQUIRED' },
  deleteRegisteredModelAlias: { with: { alias: 'champion' }, ends: 'STAGE_ROLE_REQUIRED' },
  createModelVersion: { with: status, ends: 'RESERVED_TAG' },
  updateModelVersion: { with: { ...one, description: 'd' }, ends: 'free' },
  transitionModelVersionStage: {
    with: { ...two, stage: 'pRODUCTION', archive_existing_versions: true },
    ends: 'APPROVAL_REQUIRED',
  },
  transitionStageWithComment: {
    with: { ...two, stage: 'Production', archive_existing_versions: true },
    ends: 'APPROVAL_REQUIRED',
  },
  deleteModelVersion: { with: one, ends: 'DELETE_PROTECTED' },
  setModelVersionTag: { with: { ...one, key: 'semver', value: '9.0.0' }, ends: 'RESERVED_TAG' },
  deleteModelVersionTag: { with: { ...one, key: 'semver' }, ends: 'RESERVED_TAG' },
  createTransitionRequest: { with: { ...two, stage: 'Production' }, ends: 'free' },
  approveTransitionRequest: {
    with: { ...two, stage: 'Production', archive_existing_versions: true },
    ends: 'SEPARATION_OF_DUTIES',
  },
  approvePromotionRequest: { ends: 'SEPARATION_OF_DUTIES' },
  createPromotionRequest: { with: { ...two, stage: 'Production' }, ends: 'free' },
  evaluatePromotion: { with: { ...two, stage: 'Production' }, ends: 'free' },
  breakGlass: {
    with: { model: '', reason: 'because I can not wait any longer', ticket: 'T-1', minutes: 5 },
    ends: 'STAGE_ROLE_REQUIRED',
  },
  rollbackModel: {
    with: { stage: 'Production', reason: 'It fails since noon.' },
    ends: 'STAGE_ROLE_REQUIRED',
  },
  quarantineVersion: {
    with: { ...one, reason: 'It fails since noon.' },
    ends: 'STAGE_ROLE_REQUIRED',
  },
  putGovernancePolicy: { with: { policy_yaml: 'profiles: []' }, ends: 'not his' },
  addRoleRight: { with: { role_id: 1, action: 'transition' }, ends: 'not his' },
  removeRoleRight: { with: { role_id: 1, right_id: 1 }, ends: 'not his' },
  deleteRun: { ends: 'DELETE_PROTECTED' },
  deleteExperiment: { ends: 'DELETE_PROTECTED' },
  deleteLoggedModel: { ends: 'DELETE_PROTECTED' },
  deleteLoggedModelTag: { with: { tag_key: 'a' }, ends: 'DELETE_PROTECTED' },
  logParam: { with: { key: 'late', value: '1' }, ends: 'HYPERPARAMETERS_UNTRACKED' },
  logBatch: { with: { params: [{ key: 'late', value: '1' }] }, ends: 'HYPERPARAMETERS_UNTRACKED' },
  logLoggedModelParams: {
    with: { params: [{ key: 'late', value: '1' }] },
    ends: 'HYPERPARAMETERS_UNTRACKED',
  },
  uploadArtifact: { ends: 'ARTIFACT_FROZEN' },
  deleteArtifact: { ends: 'ARTIFACT_FROZEN' },
  createMultipartUpload: { with: { path: 'model.bin', num_parts: 1 }, ends: 'ARTIFACT_FROZEN' },
};

/** Writes of the same families of which nothing that serves can be changed. */
const HARMLESS = new Set([
  ...['rejectPromotionRequest', 'cancelPromotionRequest', 'reviewBreakGlass'],
  ...['rejectTransitionRequest', 'deleteTransitionRequest'],
  ...['createComment', 'updateComment', 'deleteComment'],
  // Permissions of MLflow: none of them is a right to Production, as a test below shows.
  ...['createRegisteredModelPermission', 'updateRegisteredModelPermission'],
  'deleteRegisteredModelPermission',
  // Adds to a model that is not registered yet, or to its tags, which are no evidence.
  ...['createLoggedModel', 'finalizeLoggedModel', 'searchLoggedModels', 'setLoggedModelTags'],
  // A card of one's own is read by who approves, and another one dismisses what was approved.
  'putVersionCard',
  // Of an upload that was never let begin.
  ...['completeMultipartUpload', 'abortMultipartUpload'],
]);

const FAMILIES =
  /^\/api\/(2\.0\/mlflow\/(registered-models|model-versions|databricks\/(model-versions|registered-models)|transition-requests|comments|logged-models)|governance\/v1\/(models|requests|break-glass|policy|roles)|2\.0\/mlflow-artifacts)(\/|$)/;

const writes = contract.routes.filter(
  ({ method, path, operation }) =>
    method !== 'GET' && (FAMILIES.test(path) || Object.hasOwn(ATTEMPTS, operation)),
);

forEachDatabase((open) => {
  let database: Database;
  let server: SignedInServer;
  let made: ProductionModel;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    await makePeople(database);
  });
  beforeEach(async () => {
    server = await signedInServer(database);
    made = await productionModel(server, `bypassed-${++count}`);
  });

  const stages = async () => {
    const found = await Promise.all(
      ['1', '2'].map((version) =>
        server.as('ds', `/api/2.0/mlflow/model-versions/get?name=${made.name}&version=${version}`),
      ),
    );
    // biome-ignore lint/suspicious/noExplicitAny: an answer of the wire
    return found.map(({ json }) => (json as any).model_version.current_stage);
  };

  const endOf = (answer: { status: number; json: Record<string, unknown>; body: string }) => {
    const { status: code, json } = answer;
    if (code === 200) return 'free';
    if (code === 400 && json.error_code === 'RESOURCE_ALREADY_EXISTS') return 'taken';
    if (json.error_class === 'PERMISSION_DENIED') return 'not his';
    return json.error_class ?? answer.body;
  };

  it('knows every write of the contract that models could be changed by', () => {
    const unknown = writes
      .map(({ operation }) => operation)
      .filter((operation) => !Object.hasOwn(ATTEMPTS, operation) && !HARMLESS.has(operation));
    expect(unknown).toEqual([]);
    // GraphQL, which has twins of some reads, has none of a write.
    expect(Object.keys(SCHEMA.getMutationType()?.getFields() ?? {}).sort()).toEqual([
      'mlflowSearchDatasets',
      'mlflowSearchRuns',
    ]);
  });

  it.each(['/api/', '/ajax-api/'])('refuses them all below %s', async (prefix) => {
    const move = { name: made.name, version: '2', stage: 'Production' };
    const asked = await server.ok('ds', 'transition-requests/create', move);
    const { json } = await server.as(
      'ds',
      `/api/governance/v1/requests?name=${made.name}&status=open`,
    );
    const [open] = json.requests as { request_id: string }[];
    expect(asked.request.to_stage).toBe('Production');
    const things = {
      ...{ name: made.name, new_name: `${made.name}-renamed`, experiment_id: made.experiment_id },
      ...{ run_id: made.first.run_id, model_id: made.first.model_id },
      ...{ artifact_path: made.first.artifact_path, request_id: open?.request_id },
      source: `models:/${made.first.model_id}`,
    };
    const ended: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const route of writes) {
      const attempt = ATTEMPTS[route.operation];
      if (attempt === undefined) continue;
      const own = 'model' in (attempt.with ?? {}) ? { model: made.name } : {};
      const made_ = requestFor(contract, route, things, { ...attempt.with, ...own });
      const path = made_.path.replace('/api/', prefix);
      const answer = await server.as('ds', path, { method: made_.method, json: made_.json });
      ended[`${route.method} ${route.path}`] = endOf(answer);
      expected[`${route.method} ${route.path}`] = attempt.ends;
    }
    expect(ended).toEqual(expected);
    expect(await stages()).toEqual(['Production', 'None']);
  });
});
