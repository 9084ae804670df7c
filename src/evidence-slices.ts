import { GrantReader } from './access/guard/grants.store.js';
import { isKnownOwner } from './access/known-owners.store.js';
import type { ArtifactPlaces } from './artifacts/places.js';
import { type Alerts, noAlerts } from './governance/alerts/alerts.js';
import { DigestStore } from './governance/freeze/digests.store.js';
import type { ModelFolders, ModelLock } from './governance/freeze/freeze.service.js';
import { createFreezing } from './governance/freeze/freezing.js';
import { ManifestStore } from './governance/freeze/manifests.store.js';
import type { FrozenRules } from './governance/freeze/watch.js';
import type { VersionFactsSource } from './governance/gate/version-facts.js';
import { OnnxVerifier } from './governance/onnx/onnx-verifier.js';
import { CandidateStore } from './governance/semver/candidates.store.js';
import { ChangeStore } from './governance/serving/changes.store.js';
import { SigningKeyStore } from './governance/signature/signing-keys.store.js';
import { CardStore } from './governance/version-cards/cards.store.js';
import { ServingCardStore } from './governance/version-cards/serving-cards.store.js';
import { VersionCardService } from './governance/version-cards/version-cards.service.js';
import { CardLook } from './governance/version-facts/card-look.js';
import { DossierStore } from './governance/version-facts/dossier.store.js';
import { EvidenceService } from './governance/version-facts/evidence.service.js';
import { EvidenceStore } from './governance/version-facts/evidence.store.js';
import { LooksAhead } from './governance/version-facts/looks-ahead.js';
import { OriginStore } from './governance/version-facts/origins.store.js';
import { RegisteringGate } from './governance/version-facts/registering-gate.js';
import { RegisteringTrail } from './governance/version-facts/registering-trail.js';
import { StepsAhead } from './governance/version-facts/steps-ahead.js';
import { type Profiles, StoredVersionFacts } from './governance/version-facts/version-facts.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Caller } from './platform/http/operation.js';
import { inTime } from './platform/in-time.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import type { Trail } from './platform/trail.js';
import type { PromotionGate } from './registry/promotion-gate.js';
import { SourceRules } from './registry/versions/source-rules.js';
import { VersionStore } from './registry/versions/versions.store.js';
import { WebhookSecrets } from './webhooks/secrets.js';

export interface EvidencePorts {
  readonly database: Database;
  readonly places: ArtifactPlaces;
  readonly models: ModelLock;
  readonly trail: Trail;
  /** Hears of files that are not what they were; nobody does where it is absent. */
  readonly alerts?: Alerts;
  readonly now: Clock;
  /** What holds for a model. */
  readonly profiles: Profiles;
  /** What is asked and told where files of models are to be changed; for whoever serves them. */
  readonly frozen?: Omit<FrozenRules, 'always'>;
}

/** Every `new` of what is known of versions: evidence, cards, numbers, manifests. */
export function evidenceSlices(config: Config, ports: EvidencePorts) {
  const { database, places, models, trail, profiles, now, alerts = noAlerts } = ports;
  const { mode, freezeModels, sweepEvery } = config.evidence;
  const { webhooks } = config;
  const hasKey = webhooks.secretKeys.length > 0 || webhooks.keyFile !== undefined;
  const { freezing, service: freeze } = createFreezing({
    ...{ database, places, models, now },
    secrets: hasKey ? new WebhookSecrets(webhooks) : undefined,
    signingKeyFile: undefined,
    rules: ports.frozen && { ...ports.frozen, always: freezeModels === true },
  });
  const [store, cards, manifests] = [
    new EvidenceStore(database),
    new CardStore(),
    new ManifestStore(database),
  ];
  const serving = new ServingCardStore();
  const dossiers = new DossierStore();
  const origins = new OriginStore(database);
  const jobs = new JobStore(database);
  const isOwnerKnown = config.auth.enabled ? isKnownOwner : undefined;
  const facts = new StoredVersionFacts({
    ...{ origins, dossiers, cards, serving, profiles, isOwnerKnown, now },
    evidence: store,
  });
  const changes = new ChangeStore(database);
  const verifier = new OnnxVerifier();
  const looks = new LooksAhead();
  const selectable = new CandidateStore(database);
  const folders: ModelFolders = {
    find: (location) => {
      const place = places.nameOf(location);
      return place === undefined ? undefined : { place, folder: places.at(location).backend };
    },
  };
  const service = new EvidenceService({
    ...{ database, facts, origins, store, cards, freeze, models, profiles, jobs, alerts, now },
    ...{ folders, verifier, looks, changes, sweepEvery },
    // Where nothing is denied it is told that it would be.
    holds: (profile) => freezeModels ?? profile.mode !== 'compat',
  });
  const stepsAhead = new StepsAhead({
    ...{ database, store, origins, folders, verifier, looks, digests: new DigestStore() },
    sources: new SourceRules(config.artifacts, new VersionStore(database), database),
    modelKey: (reader, name) => selectable.modelKey(reader, name),
  });
  const grants = new GrantReader(database);
  /** As of now: where something can be denied, the files are read anew. */
  const freshFacts: VersionFactsSource = {
    factsOf: async (reader, model, version, known) => {
      const profile = known ?? (await profiles.profileOf(database.read, model));
      const looked = service.refresh(model, version, profile);
      // Who is only told what would be denied waits for that no longer than he has to.
      const origin =
        profile.mode === 'enforce'
          ? await looked
          : await inTime(PATIENCE, looked.catch(nothing), nothing);
      return facts.factsOf(reader, model, version, origin);
    },
    markOf: (...asked) => dossiers.mark(...asked),
    cardIfBack: (...asked) => facts.cardIfBack(...asked),
  };
  const heard =
    mode === 'compat'
      ? trail
      : new RegisteringTrail({
          ...{ trail, store, cards, freeze, models, jobs, now },
        });
  return {
    freshFacts,
    stepsAhead,
    ...{ database, facts, service, store, cards, manifests, profiles, jobs, now },
    ...{ folders, sweepEvery, selectable, signingKeys: new SigningKeyStore() },
    /** Absent in `compat`: nothing is hashed and nothing is frozen. */
    freezing: mode === 'compat' ? undefined : freezing,
    ...{ serving, trail: heard, told: ports.frozen?.trail },
    /** The gate, as it sees to new versions. */
    registering: (gate: PromotionGate): PromotionGate =>
      mode === 'compat'
        ? gate
        : new RegisteringGate(gate, {
            ...{ store, cards, profiles, jobs, serving, facts, folders, sweepEvery, now },
          }),
    cardLook: new CardLook({
      ...{ database, facts, store, cards, folders, models, jobs, changes, now },
    }),
    cardService: new VersionCardService({
      ...{ database, cards, facts, models, changes, trail: heard, now },
    }),
    rolesOf: async ({ userId }: Caller) => (userId === undefined ? [] : grants.rolesOf(userId)),
  };
}

/** Milliseconds that a promotion waits for the files where nothing is denied. */
const PATIENCE = 1_000;

const nothing = () => undefined;

export type EvidenceSlices = ReturnType<typeof evidenceSlices>;
