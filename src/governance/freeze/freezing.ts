import type { Freezing } from '../../artifacts/artifacts.ports.js';
import type { ArtifactPlaces } from '../../artifacts/places.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import { type Secrets, SigningKeys } from '../signature/signing-keys.js';
import { SigningKeyStore } from '../signature/signing-keys.store.js';
import { DigestStore } from './digests.store.js';
import { FreezeService, type ModelLock } from './freeze.service.js';
import { FrozenStore } from './frozen.store.js';
import { ManifestStore } from './manifests.store.js';
import { DigestRecorder, FrozenPlaces, type FrozenRules } from './watch.js';

export interface FreezingPorts {
  readonly database: Database;
  readonly places: Pick<ArtifactPlaces, 'at' | 'nameOf'>;
  readonly models: ModelLock;
  /** Absent, nothing is signed: there is nothing that the server's key could be kept with. */
  readonly secrets: Secrets | undefined;
  /** A PEM file with the private key to sign with, instead of one of the server's. */
  readonly signingKeyFile: string | undefined;
  /** Absent, what is frozen is refused to be changed whatever holds for its model. */
  readonly rules?: FrozenRules | undefined;
  readonly now: Clock;
}

/** Freezing of models: what the artifact slice must be given, and what registration calls. */
export function createFreezing({ database, places, models, ...ports }: FreezingPorts): {
  readonly freezing: Freezing;
  readonly service: FreezeService;
  readonly keys: SigningKeys | undefined;
} {
  const { secrets, signingKeyFile: keyFile, now } = ports;
  const digests = new DigestStore();
  const frozen = new FrozenStore(database);
  const keys =
    secrets &&
    new SigningKeys({ ...{ database, secrets, keyFile, now }, store: new SigningKeyStore() });
  const service = new FreezeService({
    ...{ database, digests, frozen, models, keys, now },
    manifests: new ManifestStore(database),
    folders: {
      find: (location) => {
        const place = places.nameOf(location);
        return place === undefined ? undefined : { place, folder: places.at(location).backend };
      },
    },
  });
  const freezing: Freezing = {
    digests: new DigestRecorder(database, digests, now),
    frozen: new FrozenPlaces(database, frozen, ports.rules),
  };
  return { freezing, service, keys };
}
