import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArtifactPlaces, proxiedName } from './places.js';
import { SafePath } from './safe-path.js';
import { temporaryFolder } from './testing/temporary-folder.js';

describe('the name of a place', () => {
  it('is one, however its location is spelled', async () => {
    const parent = await temporaryFolder();
    const destination = join(parent, 'served');
    mkdirSync(destination);
    const places = new ArtifactPlaces({
      ...{ defaultRoot: join(parent, 'root'), destination, serveArtifacts: true },
    });
    const names = [
      'mlflow-artifacts:/1/a b/m',
      'mlflow-artifacts:/1/a%20b//m/',
      'mlflow-artifacts://host:5000/1/a b/./m',
      'http://host/api/2.0/mlflow-artifacts/artifacts/1/a%20b/m',
      join(destination, '1/a b/m'),
      `file://${destination}/1/a%20b/m/`,
    ].map((uri) => places.nameOf(uri));
    expect(new Set(names)).toEqual(new Set(['mlflow-artifacts:/1/a b/m']));
    expect(proxiedName(SafePath.parse('1/a b/m'))).toBe(names[0]);
    expect(places.nameOf('mlflow-artifacts:/')).toBe('mlflow-artifacts:');
  });

  it('is the path for a folder that the proxy does not serve', async () => {
    const folder = await temporaryFolder();
    const places = new ArtifactPlaces({
      ...{ defaultRoot: folder, destination: 's3://bucket/x', serveArtifacts: true },
    });
    expect(places.nameOf(join(folder, 'a'))).toBe(join(folder, 'a'));
    expect(places.nameOf(`file://${folder}/a/`)).toBe(join(folder, 'a'));
  });

  it.each(['s3://bucket/a', 'relative/path', 'runs:/r/a', 'https://host/a'])(
    'is unknown where the server does not reach: %s',
    async (uri) => {
      const folder = await temporaryFolder();
      const settings = { defaultRoot: folder, destination: folder, serveArtifacts: true };
      expect(new ArtifactPlaces(settings).nameOf(uri)).toBeUndefined();
    },
  );
});
