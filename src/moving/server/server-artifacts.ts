import { WORKSPACES_FOLDER } from '../../artifacts/proxied-paths.js';
import { ServerRefusal } from '../../platform/outgoing/server-client.js';
import type { ArtifactSource } from '../artifacts.js';
import { listOf, textOf } from './answer.js';
import { ask, type Reading } from './asking.js';
import { askingIn } from './read-server.js';

const PATH = '/api/2.0/mlflow-artifacts/artifacts';

type Asked = Pick<Reading, 'client'>;

/** The files that a server serves below `mlflow-artifacts:/`, those of its workspaces included. */
export function serverArtifacts({
  client,
  staging,
}: Asked & Pick<Reading, 'staging'>): ArtifactSource {
  const workspaces = new Map(
    staging
      .workspaces()
      .map((name) => [`${WORKSPACES_FOLDER}/${name}`, { client: askingIn(client, name) }]),
  );
  const askedFor = (path: string): Asked =>
    workspaces.get(path.split('/', 2).join('/')) ?? { client };
  return {
    files: async function* () {
      // The folders of workspaces are told to those who ask in their name.
      yield* filesBelow({ client }, '', workspaces.size > 0 ? WORKSPACES_FOLDER : undefined);
      for (const [folder, asked] of workspaces) yield* filesBelow(asked, folder);
    },
    read: (path) => content(askedFor(path), path),
  };
}

async function* filesBelow(
  reading: Pick<Reading, 'client'>,
  folder: string,
  without?: string,
): AsyncGenerator<string> {
  const answer = await ask(reading, {
    path: PATH,
    query: folder === '' ? {} : { path: folder },
  }).catch((error: unknown) => {
    if (!(error instanceof ServerRefusal)) throw error;
    throw new Error(
      `The server does not serve its artifacts (${error.message}); name their folder with ` +
        '--artifacts-from, or leave them where they are with --artifacts keep',
    );
  });
  for (const file of listOf(answer.files)) {
    const name = (textOf(file.path) ?? '').split('/').at(-1) ?? '';
    if (name === '' || name === '.' || name === '..' || name === without) continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    if (file.is_dir === true) yield* filesBelow(reading, path);
    else yield path;
  }
}

async function* content(
  { client }: Pick<Reading, 'client'>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const name = path.split('/').map(encodeURIComponent).join('/');
  yield* await client.bytes({ path: `${PATH}/${name}` });
}
