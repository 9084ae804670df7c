import { type Answer, Connection, encodeRequest } from './connection.js';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

const PREFIX = '/api/2.0/mlflow';
const TIMEOUT_MS = 90_000;

/** Calls outside of the timing: preparing data and reading back what was acknowledged. */
export class Api {
  constructor(readonly port: number) {}

  get<T>(path: string, timeoutMs = TIMEOUT_MS): Promise<T> {
    return this.call<T>({ method: 'GET', path }, timeoutMs);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>({ method: 'POST', path, body }, TIMEOUT_MS);
  }

  /** Sends many calls over a few connections, and returns the answers in the order of the calls. */
  async all<T>(calls: readonly Call[], connections: number): Promise<T[]> {
    const answers: T[] = new Array(calls.length);
    let next = 0;
    const work = async () => {
      const connection = new Connection(this.port);
      try {
        for (let index = next++; index < calls.length; index = next++) {
          const call = calls[index];
          if (call) answers[index] = await exchange<T>(connection, call, TIMEOUT_MS);
        }
      } finally {
        connection.destroy();
      }
    };
    await Promise.all(Array.from({ length: Math.min(connections, calls.length) }, work));
    return answers;
  }

  private async call<T>(call: Call, timeoutMs: number): Promise<T> {
    const connection = new Connection(this.port);
    try {
      return await exchange<T>(connection, call, timeoutMs);
    } finally {
      connection.destroy();
    }
  }
}

/** The bytes of a call of MLflow's API; a path may name its own prefix. */
export function encodeCall(call: Call): Buffer {
  const path = /^\/(?:ajax-)?api\//.test(call.path) ? call.path : PREFIX + call.path;
  return encodeRequest(call.method, path, call.body);
}

async function exchange<T>(connection: Connection, call: Call, timeoutMs: number): Promise<T> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const late = new Error(`${call.method} ${call.path}: no answer in ${timeoutMs} ms`);
    const timer = setTimeout(() => reject(late), timeoutMs);
    connection.send(encodeCall(call), true, (result) => {
      clearTimeout(timer);
      if (result instanceof Error) reject(result);
      else resolve(result);
    });
  });
  if (answer.status === 200) return JSON.parse(answer.body) as T;
  const start = answer.body.slice(0, 300);
  throw new Error(`${call.method} ${call.path}: ${answer.status} ${start}`);
}
