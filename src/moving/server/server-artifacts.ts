import { ServerRefusal } from '../../platform/outgoing/server-client.js';
import type { ArtifactSource } from '../artifacts.js';
import { listOf, textOf } from './answer.js';
import { ask, type Reading } from './asking.js';

const PATH = '/api/2.0/mlflow-artifacts/artifacts';

/** The files that a server serves below `mlflow-artifacts:/`. */
export function serverArtifacts(reading: Pick<Reading, 'client'>): ArtifactSource {
  return {
    files: () => filesBelow(reading, ''),
    read: (path) => content(reading, path),
  };
}

async function* filesBelow(
  reading: Pick<Reading, 'client'>,
  folder: string,
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
    if (name === '' || name === '.' || name === '..') continue;
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
