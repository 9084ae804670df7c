import { notFound } from '../../errors.js';
import type { By, OperationTable } from '../../platform/http/operation.js';
import { noModel } from '../../registry/models/models.js';
import { modelToWire } from '../../registry/models/models.operations.js';
import type { ModelStore } from '../../registry/models/models.store.js';
import { noVersion, parseVersion } from '../../registry/versions/versions.js';
import { versionWithoutAliases } from '../../registry/versions/versions.operations.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import type { CallerFacts } from '../evaluate/facts.js';
import { rolesOf } from '../evaluate/rights.js';
import type { GateParts } from '../gate/gate-parts.js';
import { namedStage } from '../gate/named-stage.js';
import { type CommentService, commentActions } from './comments.service.js';
import type { ActivityType } from './feed.store.js';
import type { Promoter, RequestService } from './requests.service.js';
import type { StoredRequest } from './requests.store.js';
import { activityToWire, commentToWire, openRequestToWire } from './requests.wire.js';

type Ids =
  | 'createTransitionRequest'
  | 'approveTransitionRequest'
  | 'rejectTransitionRequest'
  | 'deleteTransitionRequest'
  | 'listTransitionRequests'
  | 'createComment'
  | 'updateComment'
  | 'deleteComment'
  | 'transitionStageWithComment'
  | 'getRegisteredModelWithId';

export interface DatabricksParts extends Omit<GateParts, 'versions'> {
  readonly versions: VersionStore;
  readonly models: ModelStore;
  readonly service: RequestService;
  readonly comments: CommentService;
  readonly promoter: Promoter;
}

/** A request as the Databricks API names it: it has no ids. */
interface Named {
  readonly name: string;
  readonly version: string;
  readonly stage: string;
}

const byName = { of: 'model_version', id: ({ name }: { name: string }) => name } as const;

/** The approval API that the Databricks SDK speaks. Source: governance 3. */
export function databricksOperations(parts: DatabricksParts): OperationTable<Ids> {
  const { database, history, requests, feed, versions, models, service, comments, now } = parts;

  const stageOf = async ({ name, stage }: Named): Promise<string> => {
    const { profile } = await parts.policies.profileOf(name);
    return namedStage(profile, name, stage);
  };

  /** @returns the open requests of a version that are not over time */
  const openOf = async (name: string, version: number) => {
    const model = await history.modelKey(database.read, name);
    if (model === undefined || (await versions.find(database.read, name, version)) === undefined) {
      throw noVersion(name, version);
    }
    const open = await requests.openOf(database.read, model, version);
    const whole = await Promise.all(open.map(({ id }) => requests.find(database.read, id)));
    return whole.filter((one): one is StoredRequest => one !== undefined && one.expiresAt > now());
  };

  /** The oldest for the stage that somebody else has made, else the caller's own. */
  const theOne = async (named: Named, by: By, creator?: string): Promise<StoredRequest> => {
    const stage = await stageOf(named);
    const version = parseVersion(named.name, named.version);
    const open = (await openOf(named.name, version)).filter(({ target }) => target === stage);
    const found =
      creator === undefined
        ? (open.find((one) => one.creator !== by.caller.name) ?? open[0])
        : open.find((one) => one.creator === creator);
    if (found !== undefined) return found;
    throw notFound(
      `There is no open request for version ${version} of '${named.name}' to enter ${stage}.`,
    );
  };

  const activity = async ({ name, version }: StoredRequest, type: ActivityType) => {
    const model = await history.modelKey(database.read, name);
    const all = model === undefined ? [] : await feed.activities(database.read, model, version, 20);
    const found = all.find((one) => one.type === type) ?? all[0];
    return found === undefined ? {} : { activity: activityToWire(found) };
  };

  const listed = async (name: string, version: number, by: By) => {
    const open = await openOf(name, version);
    const found = await versions.find(database.read, name, version);
    return Promise.all(
      open.map(async (request) =>
        openRequestToWire(
          request,
          found?.current_stage ?? 'None',
          await service.actionsFor(request, by),
        ),
      ),
    );
  };

  return {
    createTransitionRequest: {
      access: 'read',
      ...byName,
      handler: async ({ name, version, stage, comment = '' }, by) => {
        const target = await stageOf({ name, version, stage });
        const asked = { name, version: parseVersion(name, version), target, comment };
        const request = await service.create(asked, by);
        const { id, creation_timestamp, user_id, to_stage, available_actions } = openRequestToWire(
          request,
          'None',
          await service.actionsFor(request, by),
        );
        // Who asks a second time finds what he has asked the first time.
        const said = { comment: request.comment };
        return {
          request: { id, ...said, creation_timestamp, user_id, to_stage, available_actions },
        };
      },
    },
    approveTransitionRequest: {
      access: 'read',
      ...byName,
      handler: async ({ comment = '', archive_existing_versions, ...named }, by) => {
        const request = await theOne(named, by);
        const archiveExisting = archive_existing_versions ?? false;
        await service.approve(request.id, { archiveExisting, comment }, by);
        return activity(request, 'APPROVED_REQUEST');
      },
    },
    rejectTransitionRequest: {
      access: 'read',
      ...byName,
      handler: async ({ comment = '', ...named }, by) => {
        const request = await theOne(named, by);
        await service.reject(request.id, comment, by);
        return activity(request, 'REJECTED_REQUEST');
      },
    },
    deleteTransitionRequest: {
      access: 'read',
      ...byName,
      handler: async ({ comment = '', creator, ...named }, by) => {
        const request = await theOne(named, by, creator);
        await service.cancel(request.id, comment, by);
        return activity(request, 'CANCELLED_REQUEST');
      },
    },
    listTransitionRequests: {
      access: 'read',
      ...byName,
      handler: async ({ name, version }, by) => ({
        requests: await listed(name, parseVersion(name, version), by),
      }),
    },
    createComment: {
      access: 'read',
      ...byName,
      handler: async ({ name, version, comment }, by) => {
        const made = await comments.create(name, parseVersion(name, version), comment, by);
        return commentToWire(made, commentActions(made, by));
      },
    },
    updateComment: {
      access: 'login',
      of: 'server',
      handler: async ({ id, comment }, by) => {
        const changed = await comments.change(id, comment, by);
        return commentToWire(changed, commentActions(changed, by));
      },
    },
    deleteComment: {
      access: 'login',
      of: 'server',
      handler: async ({ id }, by) => {
        await comments.delete(id, by);
        return {};
      },
    },
    transitionStageWithComment: {
      access: 'edit',
      ...byName,
      handler: async ({ name, version, stage, comment = '', archive_existing_versions }, by) => {
        const archiveExisting = archive_existing_versions ?? false;
        await parts.promoter.transition({ name, version, stage, archiveExisting, comment }, by);
        const number = parseVersion(name, version);
        const moved = await versions.find(database.read, name, number);
        if (moved === undefined) throw noVersion(name, number);
        const { aliases: _, ...shown } = moved;
        return {
          model_version_databricks: {
            ...versionWithoutAliases(shown),
            permission_level: levelOf(await parts.callers.factsOf(by.caller, name)),
            open_requests: await listed(name, number, by),
          },
        };
      },
    },
    getRegisteredModelWithId: {
      access: 'read',
      of: 'registered_model',
      id: ({ name }) => name,
      handler: async ({ name }, by) => {
        const [model, key] = [
          await models.find(database.read, name),
          await history.modelKey(database.read, name),
        ];
        if (model === undefined || key === undefined) throw noModel(name);
        const { aliases: _, ...shown } = modelToWire(model);
        return {
          registered_model_databricks: {
            ...shown,
            id: String(key),
            permission_level: levelOf(await parts.callers.factsOf(by.caller, name)),
          },
        };
      },
    },
  };
}

/** @returns what a caller may do with a model, in the words of the Databricks API */
function levelOf(caller: CallerFacts): string {
  const { isAdmin, rights } = caller;
  if (isAdmin || rights.includes('MANAGE')) return 'CAN_MANAGE';
  if (rolesOf(caller).includes('lead')) return 'CAN_MANAGE_PRODUCTION_VERSIONS';
  if (rights.includes('CAN_MANAGE_STAGING_VERSIONS')) return 'CAN_MANAGE_STAGING_VERSIONS';
  return rights.includes('EDIT') ? 'CAN_EDIT' : 'CAN_READ';
}
