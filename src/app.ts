import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { parseLocation } from './artifacts/location.js';
import type { ArtifactPlaces } from './artifacts/places.js';
import type { AuditBells } from './audit-slices.js';
import { MlflowError } from './errors.js';
import { observabilitySlices } from './observability-slices.js';
import { openTenants, type Tenant } from './open-tenants.js';
import { openPages } from './pages/pages.js';
import { openWebApp } from './pages/web-app.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { type ScanLimits, withScanLimit } from './platform/db/scan-limit.js';
import { loadContract } from './platform/http/contract.js';
import { placer } from './platform/http/prefix.js';
import { sendText } from './platform/http/reply.js';
import { securityGuard } from './platform/http/security.js';
import { errorSender } from './platform/http/send-error.js';
import { workspaceRefusal } from './platform/http/workspace.js';
import type { Log } from './platform/log.js';
import { startError } from './platform/start-error.js';
import { type Lifecycle, readiness } from './readiness.js';
import type { ServingWork } from './serving-work.js';
import type { Tenants } from './tenants.js';

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
  const contract = loadContract();
  const observability = await observabilitySlices(
    config,
    { ...unlimited, load: database.load },
    log,
    onStop,
  );
  const sendError = errorSender(
    log,
    (error) => database.dialect.isUnavailable(error),
    (error) => database.dialect.isFull(error),
  );
  const { home, tenants, signIn } = await openTenants(config, {
    ...{ database, log, contract, observability, sendError, wake, bells, serving },
    ready: readiness(database, lifecycle),
  });
  await prepareArtifacts(config, home.slices.artifacts.places);
  await home.slices.experiments.ensureDefault();
  await home.slices.governance.policies.ensureFromFile();
  const secure = securityGuard(config.security, config.staticPrefix);
  const place = placer(config.staticPrefix);
  const signInPages = signIn?.pages(sendError);
  const ui = config.mlflowUi;
  const servePages = ui === undefined ? undefined : await openPages(ui, sendError);
  const serveWeb = await openWebApp(
    config.artifactsOnly ? [] : webFolders,
    {
      prefix: config.staticPrefix,
      signedIn: config.auth.enabled,
      workspaces: config.workspaces.enabled,
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
    const refusal =
      tenants === undefined ? workspaceRefusal(request.headers, placement.url) : undefined;
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
    if (tenants === undefined) return home.serve(request, response);
    return answerIn(tenants, request, response);
  }

  async function answerIn(
    workspaces: Tenants<Tenant>,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    let tenant: Tenant;
    try {
      tenant = await workspaces.of(request.headers, request.url ?? '/');
    } catch (error) {
      return sendError(error, request, response);
    }
    return tenant.serve(request, response);
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

const noSuchPath = ({ method, url }: IncomingMessage): MlflowError =>
  new MlflowError('ENDPOINT_NOT_FOUND', `There is no endpoint ${method} ${url}`);

const sendAbout = (response: ServerResponse): void =>
  sendText(response, 200, 'text/plain', 'Runledger is running; point MLflow clients here.\n');

/** @throws Error with one sentence when the server could not store artifacts */
async function prepareArtifacts(
  { artifacts: { destination, serveArtifacts } }: Config,
  places: ArtifactPlaces,
): Promise<void> {
  if (!places.isReachable) {
    throw new Error(
      `Can't serve artifacts from '${destination}': give a folder, s3://, gs:// or wasbs://, or ` +
        'start with --no-serve-artifacts and let clients go there themselves',
    );
  }
  try {
    await places.prepare();
    const location = parseLocation(destination);
    if (!serveArtifacts || location.kind !== 'local') return;
    await access(location.path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw startError(`Can't use the artifact folder '${destination}'`, error);
  }
}
