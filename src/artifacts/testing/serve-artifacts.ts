import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { notFound } from '../../errors.js';
import { loadContract } from '../../platform/http/contract.js';
import { type MountedOperation, openGuard } from '../../platform/http/guard.js';
import { mountContract } from '../../platform/http/mount.js';
import { errorSender } from '../../platform/http/send-error.js';
import { artifactOperations } from '../artifacts.operations.js';
import type { ArtifactOwners, Freezing } from '../artifacts.ports.js';
import { ArtifactPlaces, type PlaceSettings } from '../places.js';
import { plainPaths } from '../proxied-paths.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly bytes: Buffer;
  readonly json: Record<string, unknown>;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly json?: unknown;
}

/** Asks for a path exactly as it is written: nothing is normalised on the way. */
export type Ask = (path: string, asking?: Asking) => Promise<Answer>;

/** The operations of the slice behind real HTTP, with known runs, models and versions. */
export async function serveArtifacts(
  settings: PlaceSettings,
  known: Readonly<Record<string, string>> = {},
  freezingOf: (places: ArtifactPlaces) => Freezing | undefined = () => undefined,
): Promise<{ ask: Ask; port: number; places: ArtifactPlaces }> {
  const places = new ArtifactPlaces(settings);
  await places.prepare();
  const look = async (what: string, key: string): Promise<string> => {
    const found = known[key];
    if (found === undefined) throw notFound(`${what}${key} not found`);
    return found;
  };
  const owners: ArtifactOwners = {
    runArtifactUri: (id) => look('Run with id=', id),
    loggedModelArtifactUri: (id) => look('Logged model ', id),
    modelVersionDownloadUri: (name, version) => look('Model version ', `${name}/${version}`),
  };
  const operations: Record<string, unknown> = {
    ...artifactOperations({
      ...{ places, owners, serveArtifacts: settings.serveArtifacts },
      paths: plainPaths,
      recordDeletion: async () => undefined,
      freezing: freezingOf(places),
    }),
  };
  const contract = loadContract();
  const serve = mountContract({
    contract: { ...contract, routes: contract.routes.filter((r) => r.operation in operations) },
    operations: operations as Record<string, MountedOperation>,
    bodyLimit: 1_000_000,
    guard: openGuard,
    sendError: errorSender({ error: () => undefined } as never, () => false),
  });
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { ask: (path, asking) => askAt(port, path, asking), port, places };
}

function askAt(port: number, path: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', json } = asking;
  const body = json === undefined ? asking.body : JSON.stringify(json);
  const headers = {
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(body !== undefined &&
      asking.headers?.['transfer-encoding'] === undefined && {
        'content-length': String(Buffer.byteLength(body)),
      }),
    ...asking.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = send({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const isJson = response.headers['content-type'] === 'application/json';
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          bytes,
          json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
