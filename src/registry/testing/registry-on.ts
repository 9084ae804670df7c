import type { Database } from '../../platform/db/database.js';
import { noOwners, noTrail, type Owners, type Trail } from '../../platform/trail.js';
import { BY_TESTER } from '../../testing/tester.js';
import { AliasService } from '../aliases/aliases.service.js';
import { AliasStore } from '../aliases/aliases.store.js';
import { ModelService } from '../models/models.service.js';
import { ModelStore } from '../models/models.store.js';
import { openGate, type PromotionGate } from '../promotion-gate.js';
import { nobodyListens, type RegistryEvents } from '../registry-events.js';
import type { Transition } from '../versions/transition.js';
import {
  type LoggedModelLink,
  type VersionRequest,
  VersionService,
  type VersionSourceRules,
} from '../versions/versions.service.js';
import { VersionStore } from '../versions/versions.store.js';

/** Takes every source as it is. */
const anySource: VersionSourceRules = {
  resolve: async (_, { source, runId }) => ({
    source,
    storageLocation: source,
    runId: runId ?? '',
  }),
};

const noLoggedModels: LoggedModelLink = {
  appendVersion: async () => {
    throw new Error('No version of this test names a logged model');
  },
};

/** The registry over a database, with a clock that shows another time at each look. */
export function registryOn(
  database: Database,
  ports: {
    readonly gate?: PromotionGate;
    readonly sources?: VersionSourceRules;
    readonly loggedModels?: LoggedModelLink;
    readonly events?: RegistryEvents;
    readonly trail?: Trail;
    readonly owners?: Owners;
  } = {},
) {
  let time = 0;
  const now = () => ++time;
  const models = new ModelStore(database);
  const versions = new VersionStore(database);
  const aliases = new AliasStore();
  const gate = ports.gate ?? openGate;
  const events = ports.events ?? nobodyListens;
  const sources = ports.sources ?? anySource;
  const loggedModels = ports.loggedModels ?? noLoggedModels;
  const trail = ports.trail ?? noTrail;
  const owners = ports.owners ?? noOwners;
  const versionService = new VersionService({
    database,
    models,
    versions,
    aliases,
    sources,
    loggedModels,
    gate,
    events,
    trail,
    now,
  });
  return {
    now,
    modelStore: models,
    versionStore: versions,
    models: new ModelService({ database, models, events, trail, owners, gate, now }),
    versions: versionService,
    aliases: new AliasService({ database, models, versions, aliases, gate, events, trail }),
    createVersion: (name: string, wish: Partial<VersionRequest> = {}) =>
      versionService.create({ ...PLAIN, name, ...wish }, BY_TESTER),
    transition: (wish: Pick<Transition, 'name' | 'version'> & Partial<Transition>) =>
      versionService.transition(
        { stage: 'Production', archiveExisting: false, ...wish },
        BY_TESTER,
      ),
  };
}

export type Registry = ReturnType<typeof registryOn>;

const PLAIN: VersionRequest = {
  name: '',
  source: 's3://bucket/model',
  runId: undefined,
  modelId: undefined,
  runLink: '',
  description: '',
  tags: [],
};
