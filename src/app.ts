import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { accessOperations } from './access/access.operations.js';
import type { Access } from './access/open-access.js';
import { parseLocation } from './artifacts/location.js';
import type { ArtifactPlaces } from './artifacts/places.js';
import { type AuditBells, auditSlices } from './audit-slices.js';
import { MlflowError } from './errors.js';
import type { DenialTrail } from './notifications/telling-denials.js';
import { observabilitySlices } from './observability-slices.js';
import { operationTable } from './operations.js';
import { openPages } from './pages/pages.js';
import { openWebApp } from './pages/web-app.js';
import { notBuilt } from './pending.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { type ScanLimits, withScanLimit } from './platform/db/scan-limit.js';
import { Admission } from './platform/http/admission.js';
import { loadContract, type Route } from './platform/http/contract.js';
import { type MountedOperation, openGuard } from './platform/http/guard.js';
import { mountContract } from './platform/http/mount.js';
import { placer } from './platform/http/prefix.js';
import { sendText } from './platform/http/reply.js';
import { securityGuard } from './platform/http/security.js';
import { errorSender } from './platform/http/send-error.js';
import { workspaceRefusal } from './platform/http/workspace.js';
import type { Log } from './platform/log.js';
import { startError } from './platform/start-error.js';
import { type Lifecycle, readiness } from './readiness.js';
import type { ServingWork } from './serving-work.js';
import { createSlices } from './slices.js';
import { tellingDenials } from './telling-slices.js';

/** What the server shares with whoever runs it. */
export interface Surroundings {
  /** Tells when the server has begun to stop. */
  readonly lifecycle?: Lifecycle;
  /** Tells whoever delivers to webhooks that there will be something to deliver. */
  readonly wake?: () => void;
  /** Tells whoever signs the audit log that there are enough new entries. */
  readonly audit?: AuditBells;
  /** Takes what is to be done when the server has stopped. */
  readonly onStop?: (end: () => Promise<void>) => void;
  /** Who waits for changes of models, and who loads which. */
  readonly serving?: ServingWork;
  /** Where a build of the web application may be. */
  readonly webFolders?: readonly string[];
}

/**
 * The composition root: the whole server over an open database, ready to be listened with.
 * Makes experiment 0 where it is missing.
 *
 */
export async function createApp(
  config: Config,
  unlimited: Database,
  log: Log,
  {
    lifecycle = { isStopping: false },
    wake,
    audit: bells,
    onStop,
    serving,
    webFolders = [],
  }: Surroundings = {},
): Promise<express.Express> {
  // What the server does by itself, and what it says of itself, waits for no search of a caller.
  const database = withScanLimit(unlimited, scanLimits(config));
  const audit = auditSlices(config, database, systemClock, bells);
  const denials = tellingDenials(database, audit.trail, wake);
  const access = await accessOf(config, database, log, denials);
  const slices = createSlices(config, database, {
    audit,
    ...(wake === undefined ? {} : { wake }),
    ...(serving === undefined ? {} : { serving }),
    ...(access === undefined
      ? {}
      : {
          ...{ gate: access.gate, signedIn: access },
          ...{ levels: access.judge, owners: access.owners },
        }),
  });
  await prepareArtifacts(config, slices.artifacts.places);
  await slices.experiments.ensureDefault();
  await slices.governance.policies.ensureFromFile();

  const contract = loadContract();
  const observability = await observabilitySlices(
    config,
    { ...unlimited, load: database.load },
    log,
    onStop,
  );
  const aboutAccess = new Set(Object.keys(accessOperations(database, slices.access)));
  const guard = access?.guard ?? openGuard;
  const sendError = errorSender(
    log,
    (error) => database.dialect.isUnavailable(error),
    (error) => database.dialect.isFull(error),
  );
  const serve = mountContract({
    contract,
    operations: operationTable(
      slices,
      contract,
      guard,
      readiness(database, lifecycle),
      observability.metrics,
    ) as unknown as Record<string, MountedOperation>,
    guard,
    bodyLimit: config.bodyLimit,
    closed: (route) =>
      (config.artifactsOnly ? closedBesidesArtifacts(route) : undefined) ??
      (access === undefined ? withoutSignIn(route, aboutAccess) : undefined) ??
      notBuilt(route.operation),
    sendError,
    admission: new Admission(config.load),
    observer: observability.observer,
  });
  const secure = securityGuard(config.security, config.staticPrefix);
  const place = placer(config.staticPrefix);
  const signInPages = access?.signIn.pages(sendError);
  const ui = config.mlflowUi;
  const servePages = ui === undefined ? undefined : await openPages(ui, sendError);
  const serveWeb = await openWebApp(
    config.artifactsOnly ? [] : webFolders,
    {
      prefix: config.staticPrefix,
      signedIn: config.auth.enabled,
      at: ui === undefined ? '/' : '/runledger/',
    },
    sendError,
  );

  const app = express();
  app.disable('x-powered-by');
  // One layer: each further one costs every request as much as a query of the database.
  app.use((request, response) => {
    if (secure(request, response)) return undefined;
    const placement = place(request, response);
    if (placement === 'answered') return undefined;
    if (placement === 'elsewhere') return sendError(noSuchPath(request), request, response);
    const refusal = workspaceRefusal(request.headers, placement.url);
    if (refusal !== undefined) return sendError(refusal, request, response);
    request.url = placement.url;
    const signingIn = signInPages?.serve(request, response) ?? false;
    if (signingIn === false) return answer(request, response);
    return Promise.resolve(signingIn).then((done) =>
      done ? undefined : answer(request, response),
    );
  });
  return app;

  function answer(request: IncomingMessage, response: ServerResponse) {
    if (servePages?.(request, response) || serveWeb?.(request, response)) return undefined;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && request.url === '/') return sendAbout(response);
    return serve(request, response);
  }
}

/** Milliseconds for which a search waits for its turn; one for a connection waits as long. */
const SEARCH_PATIENCE = 10_000;

/** On PostgreSQL searches leave some connections to what is short. */
const scanLimits = ({ database, scanThreads, poolSize, load }: Config): ScanLimits => ({
  running: Math.max(database.kind === 'sqlite' ? scanThreads : poolSize - 2, 1),
  waiting: load.waitingSearches,
  patience: SEARCH_PATIENCE,
});

/** What signing in takes is loaded only where somebody has to. */
async function accessOf(
  config: Config,
  database: Database,
  log: Log,
  trail: DenialTrail,
): Promise<Access | undefined> {
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

const noSuchPath = ({ method, url }: IncomingMessage): MlflowError =>
  new MlflowError('ENDPOINT_NOT_FOUND', `There is no endpoint ${method} ${url}`);

const sendAbout = (response: ServerResponse): void =>
  sendText(response, 200, 'text/plain', 'Runledger is running; point MLflow clients here.\n');

/** @throws Error with one sentence when the server could not store artifacts */
async function prepareArtifacts(
  { artifacts: { destination, serveArtifacts } }: Config,
  places: ArtifactPlaces,
): Promise<void> {
  try {
    await places.prepare();
    const location = parseLocation(destination);
    if (!serveArtifacts || location.kind !== 'local') return;
    await access(location.path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw startError(`Can't use the artifact folder '${destination}'`, error);
  }
}
