import { accessOperations } from './access/access.operations.js';
import type { AllAccess } from './access/open-access.js';
import type { SignIn } from './access/open-sign-in.js';
import { type AuditBells, auditSlices } from './audit-slices.js';
import { MlflowError } from './errors.js';
import type { DenialTrail } from './notifications/telling-denials.js';
import type { observabilitySlices } from './observability-slices.js';
import { operationTable } from './operations.js';
import { notBuilt } from './pending.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { Admission } from './platform/http/admission.js';
import type { Contract, Route } from './platform/http/contract.js';
import { type MountedOperation, openGuard } from './platform/http/guard.js';
import { mountContract } from './platform/http/mount.js';
import type { By } from './platform/http/operation.js';
import type { SendError } from './platform/http/send-error.js';
import type { Log } from './platform/log.js';
import type { ServingWork } from './serving-work.js';
import { createSlices, type Slices } from './slices.js';
import { tellingDenials } from './telling-slices.js';
import { type Serve, Tenants } from './tenants.js';
import { guardOf, workspaceSlices } from './workspace-slices.js';
import type { WorkspaceDeps } from './workspaces/workspaces.operations.js';

/** A workspace: its slices, and what answers for them. */
export interface Tenant {
  readonly slices: Slices;
  readonly serve: Serve;
}

/** What all workspaces of a server share. */
export interface Shared {
  readonly database: Database;
  readonly log: Log;
  readonly contract: Contract;
  readonly observability: Awaited<ReturnType<typeof observabilitySlices>>;
  readonly sendError: SendError;
  readonly ready: () => Promise<void>;
  readonly wake: (() => void) | undefined;
  readonly bells: AuditBells | undefined;
  readonly serving: ServingWork | undefined;
}

/** The default workspace, and the others where there may be some. */
export interface Opened {
  readonly home: Tenant;
  readonly tenants: Tenants<Tenant> | undefined;
  readonly signIn: SignIn | undefined;
}

/** Opens the workspaces of a server. */
export async function openTenants(config: Config, shared: Shared): Promise<Opened> {
  const { database, log, contract, observability, sendError, wake, bells, serving } = shared;
  const trailOf = (here: Database) => {
    const audit = auditSlices(config, here, systemClock, bells);
    return { audit, denials: tellingDenials(here, audit.trail, wake) };
  };
  const access = await accessOf(config, database, log, trailOf(database).denials);
  const admission = new Admission(config.load);

  const open = (here: Database): Tenant => {
    const { audit, denials } = trailOf(here);
    const rules = access?.in(here, denials);
    const slices = createSlices(config, here, {
      audit,
      ...(wake === undefined ? {} : { wake }),
      ...(serving === undefined ? {} : { serving: here === database ? serving : serving.in(here) }),
      ...(rules === undefined
        ? {}
        : {
            ...{ gate: rules.gate, signedIn: rules },
            ...{ levels: rules.judge, owners: rules.owners },
          }),
    });
    const inner = rules?.guard ?? openGuard;
    const guard = config.workspaces.enabled ? guardOf(here, inner) : inner;
    const aboutAccess = new Set(Object.keys(accessOperations(here, slices.access)));
    const table = operationTable(
      ...([slices, contract, guard, shared.ready, observability.metrics] as const),
      workspaces,
    );
    const serve = mountContract({
      ...{ contract, guard, sendError, admission, observer: observability.observer },
      operations: table as unknown as Record<string, MountedOperation>,
      bodyLimit: config.bodyLimit,
      closed: (route) =>
        (config.artifactsOnly ? closedBesidesArtifacts(route) : undefined) ??
        (access === undefined ? withoutSignIn(route, aboutAccess) : undefined) ??
        notBuilt(route.operation),
    });
    return { slices, serve };
  };

  const workspaces: WorkspaceDeps | undefined = config.workspaces.enabled
    ? workspaceSlices(config, database, {
        trail: trailOf(database).audit.trail,
        deleteModels: async (name, by) => {
          if (tenants !== undefined) await deleteModels(tenants.named(name).slices, by);
        },
      })
    : undefined;
  const home = open(database);
  const tenants: Tenants<Tenant> | undefined =
    workspaces && new Tenants<Tenant>({ database, store: workspaces.store, home, open });
  await workspaces?.service.ensureDefault();
  return { home, tenants, signIn: access?.signIn };
}

/** Models that are deleted between two looks. */
const AT_ONCE = 100;

/** Each as its users would, so that governance has its say; the first refusal ends it. */
async function deleteModels({ database, modelStore, models }: Slices, by: By): Promise<void> {
  for (;;) {
    const names = await modelStore.names(database.read, AT_ONCE);
    if (names.length === 0) return;
    for (const name of names) await models.delete(name, by);
  }
}

/** What signing in takes is loaded only where somebody has to. */
async function accessOf(
  config: Config,
  database: Database,
  log: Log,
  trail: DenialTrail,
): Promise<AllAccess | undefined> {
  if (!config.auth.enabled) return undefined;
  const { openAccess } = await import('./access/open-access.js');
  return openAccess(config, { database, log, now: systemClock, trail });
}

/** With `--artifacts-only` the proxy answers, and what the server says of itself. */
const closedBesidesArtifacts = ({ path }: Route): MlflowError | undefined => {
  if (
    /^\/(?:health|ready|metrics|version|openapi\.json|api\/2\.0\/mlflow-artifacts\/.*)$/.test(path)
  )
    return undefined;
  return new MlflowError(
    'TEMPORARILY_UNAVAILABLE',
    `Endpoint: ${path} disabled due to the mlflow server running in \`--artifacts-only\` mode. ` +
      'To enable tracking server functionality, run `mlflow server` without `--artifacts-only`',
  );
};

/** Accounts that anybody can make and change would be worth nothing. */
const withoutSignIn = (
  { operation, path }: Route,
  aboutAccess: ReadonlySet<string>,
): MlflowError | undefined =>
  aboutAccess.has(operation)
    ? new MlflowError('ENDPOINT_NOT_FOUND', `${path} needs a server that was started with --auth`)
    : undefined;
