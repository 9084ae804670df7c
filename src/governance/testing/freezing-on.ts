import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { serveArtifacts } from '../../artifacts/testing/serve-artifacts.js';
import type { Database } from '../../platform/db/database.js';
import { KeyRing } from '../../platform/secrets/key-ring.js';
import { registryOn } from '../../registry/testing/registry-on.js';
import { newFolder } from '../../testing/new-folder.js';
import { createFreezing } from '../freeze/freezing.js';
import type { Secrets } from '../signature/signing-keys.js';

const ROUTE = '/api/2.0/mlflow-artifacts/artifacts/';

export function secretsWith(text: string): Secrets {
  const ring = new KeyRing([text]);
  return {
    encrypt: async (plain, owner) => ring.encrypt(plain, owner),
    decrypt: async (sealed, owner) => ring.decrypt(sealed, owner),
  };
}

/** A registry and an artifact server over a database, which freeze what is registered. */
export async function freezingOn(
  database: Database,
  options: { readonly known?: Readonly<Record<string, string>>; readonly keyFile?: string } = {},
) {
  const root = realpathSync(newFolder());
  const registry = registryOn(database);
  const made: ReturnType<typeof createFreezing>[] = [];
  const { ask, port } = await serveArtifacts(
    { defaultRoot: 'mlflow-artifacts:/', destination: root, serveArtifacts: true },
    options.known,
    (places) => {
      const parts = createFreezing({
        ...{ database, places, models: registry.modelStore, now: registry.now },
        secrets: secretsWith('a key of this test, 0123456789abcdef'),
        signingKeyFile: options.keyFile,
      });
      made.push(parts);
      return parts.freezing;
    },
  );
  const [parts] = made;
  if (parts === undefined) throw new Error('The artifact server takes no part');
  const put = (path: string, body: string) => ask(ROUTE + path, { method: 'PUT', body });
  return {
    ...{ root, registry, ask, port, put, ...parts },
    at: (path: string) => join(root, path),
    remove: (path: string) => ask(ROUTE + path, { method: 'DELETE' }),
    /** Uploads files into a folder, and registers it as a new version of a model. */
    register: async (name: string, folder: string, files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) await put(`${folder}/${path}`, text);
      if (!(await registry.modelStore.exists(database.read, name))) {
        await database.write((tx) => registry.modelStore.insert(tx, name, '', registry.now()));
      }
      const source = `mlflow-artifacts:/${folder}`;
      const { version } = await registry.createVersion(name, { source });
      return { version: Number(version), source };
    },
  };
}

export type FreezingServer = Awaited<ReturnType<typeof freezingOn>>;
