import { api, body, type Schema } from '../../shared/api.ts';

export type Semver = Schema<'VersionSemver'>;

/** As many as the server takes at once. */
const MOST = 200;
const waiting = new Map<string, Map<string, Promise<Semver | null>>>();

/**
 * Asks for the number of a version. Rows of a table that ask at one moment share a request.
 *
 * @returns null where the server has found none
 */
export function askSemver(name: string, version: string): Promise<Semver | null> {
  let asked = waiting.get(name);
  if (asked === undefined || asked.size === MOST) {
    asked = new Map();
    waiting.set(name, asked);
  }
  const known = asked.get(version);
  if (known !== undefined) return known;
  const batch = asked;
  // What is asked for until the end of this turn goes with it.
  const answer = new Promise<void>((resolve) => setTimeout(resolve))
    .then(() => send(name, batch))
    .then((found) => found.get(version) ?? null);
  batch.set(version, answer);
  return answer;
}

const sent = new WeakMap<object, Promise<ReadonlyMap<string, Semver>>>();

function send(name: string, batch: ReadonlyMap<string, unknown>) {
  const known = sent.get(batch);
  if (known !== undefined) return known;
  if (waiting.get(name) === batch) waiting.delete(name);
  const answer = body(
    api.GET('/api/governance/v1/models/{name}/semvers', {
      params: { path: { name }, query: { version: [...batch.keys()] } },
    }),
  ).then(
    ({ versions = [] }) => new Map(versions.map((each) => [each.version ?? '', each as Semver])),
  );
  sent.set(batch, answer);
  return answer;
}
