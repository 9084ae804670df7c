import { parseLocation } from './artifacts/location.js';
import type { ArtifactPlaces } from './artifacts/places.js';
import type { EvidenceSlices } from './evidence-slices.js';
import type { GateParts } from './governance/gate/gate-parts.js';
import type { PolicyService } from './governance/policy/policies.service.js';
import type { Promoter } from './governance/requests/requests.service.js';
import { RollbackService } from './governance/rollback/rollback.service.js';
import { Resolver } from './governance/serving/resolver.js';
import { Seats } from './governance/serving/seats.js';
import { ServingStore } from './governance/serving/serving.store.js';
import { Selecting } from './governance/version-facts/selecting.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Call } from './platform/http/operation.js';
import { noVersion } from './registry/versions/versions.js';
import type { VersionStore } from './registry/versions/versions.store.js';
import type { ServingWork } from './serving-work.js';

/** Of one process; who finds none left is told to come again. */
const WATCHERS = 1_000;
const WAITERS = 5_000;

export interface ServingSurroundings {
  readonly work: ServingWork;
  readonly versions: VersionStore;
  readonly evidence: EvidenceSlices;
  readonly policies: PolicyService;
  readonly gate: GateParts & { readonly versions: VersionStore };
  readonly promoter: Promoter;
  readonly places: ArtifactPlaces;
  /** Where the artifacts of a run lie. */
  readonly runArtifactUri: (runId: string) => Promise<string>;
}

/** Every `new` of what servers of models ask for. */
export function servingSlices(
  config: Config,
  database: Database,
  surroundings: ServingSurroundings,
) {
  const { work, versions, evidence, policies, gate, promoter, places } = surroundings;
  const { changes, feed, consumers, notes } = work;
  const store = new ServingStore(database);
  const selecting = new Selecting(evidence);
  const resolver = new Resolver({
    ...{ database, versions, changes, store, selecting, policies },
    ...{ facts: evidence.facts, evidence: evidence.store, manifests: evidence.manifests },
  });
  return {
    ...{ database, resolver, feed, changes, consumers, notes, policies },
    live: store,
    history: gate.history,
    prefix: config.staticPrefix,
    watching: new Seats(WATCHERS, 'watchers of models'),
    waiting: new Seats(WAITERS, 'callers who wait for changes'),
    loaded: (call: Call, name: string, version: number) => notes.loaded(call, name, version),
    rollbacks: new RollbackService({ ...gate, promoter, changes }),
    openVersion: async (name: string, version: number) => {
      const location = await versions.location(database.read, name, version);
      const model = await evidence.manifests.keyOf(database.read, name, version);
      if (location === undefined || model === undefined) throw noVersion(name, version);
      const manifest = await evidence.manifests.find(database.read, model, version);
      const found = await evidence.store.find(database.read, model, version);
      const meant = parseLocation(location);
      // A version that was made from `runs:/` goes where its run is; the run never moves.
      const folder =
        meant.kind === 'run'
          ? places.at(await surroundings.runArtifactUri(meant.runId)).backend.folder(meant.path)
          : places.at(location).backend;
      return {
        ...{ folder, files: manifest?.files, rootDigest: manifest?.rootDigest },
        semver: found?.semver,
      };
    },
  };
}
