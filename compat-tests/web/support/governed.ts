import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ensureEnvironment } from '../../../scripts/python-envs.mjs';
import { type RunningServer, startRunledger } from '../../servers.js';

export const PASSWORD = 'correct horse battery';

/** Who works on the server, and with which role; the data scientist has none. */
const PEOPLE = {
  ada: undefined,
  lena: 'lead',
  vera: 'validator',
  otto: 'auditor',
  oliver: 'on-call',
  'scoring-service': 'serving',
} as const;
export type Person = keyof typeof PEOPLE | 'admin';

/** A server that asks for sign-in, with people and with models they decide about. */
export interface Governed {
  readonly url: string;
  readonly experiment: string;
  /** The name of a model of somebody hostile. */
  readonly hostile: string;
  /** Takes what webhooks send, and answers 204; below `/gone` it answers 410. */
  readonly sink: string;
}

/** @param wishes `hostile` adds a model of somebody hostile */
export async function startGoverned(
  ...wishes: readonly 'hostile'[]
): Promise<Governed & { readonly stop: () => Promise<void> }> {
  const sink = await startSink();
  let server: RunningServer | undefined;
  const stop = async () => {
    await server?.stop();
    sink.closeAllConnections();
    await new Promise((resolve) => sink.close(resolve));
  };
  try {
    server = await startRunledger({
      environment: {
        RUNLEDGER_AUTH: 'true',
        MLFLOW_AUTH_ADMIN_PASSWORD: PASSWORD,
        MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http,https',
        RUNLEDGER_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
      },
    });
    await addPeople(server.url);
    return {
      ...(fill(server.url, wishes) as Pick<Governed, 'experiment' | 'hostile'>),
      url: server.url,
      sink: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url?.startsWith('/gone') ? 410 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function addPeople(url: string): Promise<void> {
  const headers = {
    authorization: `Basic ${btoa(`admin:${PASSWORD}`)}`,
    'content-type': 'application/json',
  };
  const call = async (path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${url}/api/${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  };
  const { roles } = (await call('3.0/mlflow/roles/list')) as {
    roles: { id: number; name: string }[];
  };
  for (const [username, role] of Object.entries(PEOPLE)) {
    await call('2.0/mlflow/users/create', { username, password: PASSWORD });
    if (role === undefined) continue;
    const role_id = roles.find(({ name }) => name === role)?.id;
    await call('3.0/mlflow/roles/assign', { username, role_id });
  }
}

function fill(url: string, wishes: readonly string[]): unknown {
  const program = join(import.meta.dirname, '../fill_people.py');
  const printed = execFileSync(
    ensureEnvironment('model-formats'),
    [program, url, PASSWORD, ...wishes],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    },
  );
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}
