import type { ArtifactBackend } from '../../artifacts/backends/backend.js';
import { invalidParameter, notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { checkModelName } from '../../registry/models/models.js';
import type { FileDigest } from '../freeze/manifest.js';
import { periodToWire } from '../gate/gate.operations.js';
import type { GateStore } from '../gate/gate.store.js';
import { decodeKey, encodeKey } from '../page-keys.js';
import { nextPage, readPage } from '../pages.js';
import { aliasServes, stageKind } from '../policy/find-profile.js';
import type { PolicyService } from '../policy/policies.service.js';
import type { ConsumerStore, StoredConsumer } from './consumers.store.js';
import { parseModelUri, selectorOf } from './model-uri.js';
import { MAX_WAIT, type ResolveParts, resolveReply } from './resolve-reply.js';
import { type WatchParts, watchReply } from './watch.js';

type Ids =
  | 'resolveModelUri'
  | 'watchModels'
  | 'listLivePeriods'
  | 'listModelConsumers'
  | 'listShadowLoads'
  | 'serveModelArchive';

export interface ServingOperationParts extends ResolveParts, Omit<WatchParts, 'store' | 'feed'> {
  readonly database: Database;
  readonly live: WatchParts['store'];
  readonly history: GateStore;
  readonly consumers: ConsumerStore;
  readonly policies: Pick<PolicyService, 'profileOf'>;
  /** @returns the folder that a version's files lie in, and what they were at registration */
  readonly openVersion: (
    name: string,
    version: number,
  ) => Promise<{
    readonly folder: ArtifactBackend;
    readonly files: readonly FileDigest[] | undefined;
    readonly rootDigest: string | undefined;
    readonly semver: string | undefined;
  }>;
}

const MOST_MODELS = 100;
const SERVING = 'serving';
const byName = (input: { name: string }) => input.name;

/** What servers of models ask for. */
export function servingOperations(parts: ServingOperationParts): OperationTable<Ids> {
  const { database, history, consumers, policies, resolver } = parts;
  return {
    resolveModelUri: {
      access: 'read',
      of: 'model_version',
      id: ({ uri }) => parseModelUri(uri).name,
      handler: async ({ uri, wait = 0, generation }, call) => {
        const seconds = Number(wait);
        if (!(seconds >= 0 && seconds <= MAX_WAIT)) {
          throw invalidParameter(`'wait' is a number of seconds from 0 to ${MAX_WAIT}.`);
        }
        const known = generation === undefined ? undefined : Number(generation);
        return resolveReply(parts, { uri: parseModelUri(uri), wait: seconds * 1_000, known }, call);
      },
    },
    watchModels: {
      access: 'read',
      of: 'registered_model',
      id: ({ models }) => namesOf(models),
      handler: async ({ models }, call) =>
        watchReply({ ...parts, store: parts.live }, namesOf(models), call),
    },
    listLivePeriods: {
      access: 'read',
      of: 'registered_model',
      id: byName,
      handler: async ({ name, target, max_results, page_token }) => {
        checkModelName(name);
        const { before, limit } = readPage(max_results, page_token);
        const rows = await history.periods(database.read, { name, target, before, limit });
        if (rows.length === 0 && (await history.modelKey(database.read, name)) === undefined) {
          throw notFound(`Registered Model with name=${name} not found`);
        }
        return { periods: rows.map(periodToWire), ...nextPage(rows, limit) };
      },
    },
    listModelConsumers: {
      access: 'read',
      of: 'registered_model',
      id: byName,
      handler: async ({ name, max_results, page_token }) => {
        checkModelName(name);
        const { limit } = readPage(max_results, undefined);
        const key = decodeKey(page_token, 2);
        const after =
          key === undefined ? undefined : { version: Number(key[0]), principal: String(key[1]) };
        const rows = await consumers.page(database.read, name, after, limit);
        const model = await history.modelKey(database.read, name);
        if (model === undefined) throw notFound(`Registered Model with name=${name} not found`);
        const { profile } = await policies.profileOf(name);
        const aliases = await history.aliases(database.read, model);
        const principals = [...new Set(rows.map(({ principal }) => principal))];
        const servers = await consumers.holdersOf(database.read, principals, SERVING);
        const last = rows.at(-1);
        return {
          consumers: rows.map((row) => {
            const own = aliases.filter(({ version }) => version === row.version);
            const isLive =
              stageKind(profile, row.stage) === 'Production' ||
              own.some(({ alias }) => aliasServes(profile, alias));
            const isServing = servers.has(row.principal);
            return {
              ...{ principal: row.principal, version: String(row.version), stage: row.stage },
              aliases: own.map(({ alias }) => alias),
              ...{ user_agent: row.userAgent, first_seen: row.firstSeen, last_seen: row.lastSeen },
              ...{ loads: row.loads, is_serving: isServing },
              flags: flagsOf(row, isServing, isLive),
            };
          }),
          ...(last === undefined || rows.length < limit
            ? {}
            : { next_page_token: encodeKey([last.version, last.principal]) }),
        };
      },
    },
    listShadowLoads: {
      access: 'audit',
      of: 'server',
      handler: async ({ max_results, page_token }) => {
        const { limit } = readPage(max_results, undefined);
        const key = decodeKey(page_token, 2);
        const after =
          key === undefined ? undefined : { principal: String(key[0]), location: String(key[1]) };
        const rows = await consumers.shadows(database.read, after, limit);
        const last = rows.at(-1);
        return {
          loads: rows.map((row) => ({
            ...{ principal: row.principal, location: row.location, user_agent: row.userAgent },
            ...{ first_seen: row.firstSeen, last_seen: row.lastSeen, loads: row.loads },
          })),
          ...(last === undefined || rows.length < limit
            ? {}
            : { next_page_token: encodeKey([last.principal, last.location]) }),
        };
      },
    },
    serveModelArchive: {
      access: 'read',
      of: 'model_version',
      id: byName,
      handler: async ({ name, selector }, call) => {
        checkModelName(name);
        const uri = { name, selector: selectorOf(selector) };
        const {
          version: { version },
        } = await resolver.find(uri, call);
        const opened = await parts.openVersion(name, version);
        const { archiveReply } = await import('./archive.js');
        const reply = await archiveReply({ name, version, ...opened });
        parts.loaded(call, name, version);
        return reply;
      },
    },
  };
}

/** @throws MlflowError 400 for none, or more than may be watched at once */
function namesOf(given: readonly string[]): string[] {
  const names = [...new Set(given.flatMap((text) => text.split(',')))].filter(
    (name) => name !== '',
  );
  if (names.length === 0) throw invalidParameter("'models' names the models to watch.");
  if (names.length > MOST_MODELS) {
    throw invalidParameter(`At most ${MOST_MODELS} models can be watched at once.`);
  }
  for (const name of names) checkModelName(name);
  return names;
}

/** What is wrong with who loads what; only of servers is it wrong to load what nobody approved. */
function flagsOf(row: StoredConsumer, isServing: boolean, isLive: boolean): string[] {
  return [
    ...(row.isQuarantined === 1 ? ['quarantined'] : []),
    ...(isServing && !isLive && row.isApproved === 0 ? ['unapproved'] : []),
    ...(isServing && !isLive && row.isApproved === 1 ? ['not_live'] : []),
  ];
}
