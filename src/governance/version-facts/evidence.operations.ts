import { invalidParameter, notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { jsonText, plainText } from '../../platform/http/reply.js';
import { checkModelName } from '../../registry/models/models.js';
import { noVersion, parseVersion } from '../../registry/versions/versions.js';
import type { FormatFacts } from '../evaluate/facts.js';
import type { ManifestStore } from '../freeze/manifests.store.js';
import { signatureKey } from '../signature/signing-keys.js';
import type { SigningKeyStore } from '../signature/signing-keys.store.js';
import type { Evidence } from './evidence.js';
import type { EvidenceStore } from './evidence.store.js';

type Ids =
  | 'getVersionSemver'
  | 'listVersionSemvers'
  | 'getVersionManifest'
  | 'getVersionSignature'
  | 'getVersionSignatureKey';

export interface EvidenceOperationParts {
  readonly database: Database;
  readonly store: EvidenceStore;
  readonly manifests: ManifestStore;
  readonly signingKeys: SigningKeyStore;
}

/** What kind of files they are, once somebody has looked. */
function formatOf(format: FormatFacts | undefined) {
  if (format === undefined) return {};
  const { state, problems, opset, domains } = format.onnx;
  return {
    formats: [...format.formats],
    unsafe_files: [...format.unsafeFiles],
    onnx: {
      ...{ state, problems: [...problems] },
      ...(opset === undefined ? {} : { opset }),
      ...(domains === undefined ? {} : { domains: [...domains] }),
    },
  };
}

const MOST_VERSIONS = 200;

/** The number of a version, once it has one, and why it is that. */
function numberOf({ semver, fingerprint, numbering }: Evidence) {
  if (numbering === undefined) return undefined;
  const { base, duplicateOf, note, reasons } = numbering;
  return {
    ...(semver === undefined ? {} : { semver }),
    ...(base === undefined ? {} : { base }),
    ...(duplicateOf === undefined ? {} : { duplicate_of: String(duplicateOf) }),
    ...(note === undefined ? {} : { note }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    reasons: reasons.map((reason) => ({ ...reason })),
  };
}

const byName = (input: { name: string }) => input.name;

/** What is known of versions, for whoever may read them. */
export function evidenceOperations(parts: EvidenceOperationParts): OperationTable<Ids> {
  const { database, store, manifests, signingKeys } = parts;
  const reading = { access: 'read', of: 'model_version', id: byName } as const;
  const keysOf = async (name: string, text: string) => {
    checkModelName(name);
    const version = parseVersion(name, text);
    const model = await manifests.keyOf(database.read, name, version);
    if (model === undefined) throw noVersion(name, version);
    return { model, version };
  };
  const manifestOf = async (name: string, text: string) => {
    const { model, version } = await keysOf(name, text);
    const manifest = await manifests.find(database.read, model, version);
    if (manifest === undefined) throw notFound('The version has no manifest');
    return { ...manifest, evidence: await store.find(database.read, model, version) };
  };
  return {
    getVersionSemver: {
      ...reading,
      handler: async ({ name, version: text }) => {
        const { model, version } = await keysOf(name, text);
        const evidence = await store.find(database.read, model, version);
        const numbered = evidence && numberOf(evidence);
        if (numbered === undefined) throw notFound('The version is not numbered yet');
        return numbered;
      },
    },
    listVersionSemvers: {
      ...reading,
      handler: async ({ name, version: texts }) => {
        checkModelName(name);
        if (texts.length > MOST_VERSIONS) {
          throw invalidParameter(`At most ${MOST_VERSIONS} versions can be asked for at once`);
        }
        const asked = texts.map((text) => parseVersion(name, text));
        const found = await store.ofVersions(database.read, name, asked);
        if (found.length === 0 && !(await store.hasModel(database.read, name))) {
          throw notFound(`Registered Model with name=${name} not found`);
        }
        return {
          versions: found.flatMap((evidence) => {
            const numbered = numberOf(evidence);
            return numbered ? [{ version: String(evidence.version), ...numbered }] : [];
          }),
        };
      },
    },
    getVersionManifest: {
      ...reading,
      handler: async ({ name, version }) => {
        const manifest = await manifestOf(name, version);
        return {
          root_digest: manifest.rootDigest,
          weights_digest: manifest.weightsDigest,
          creation_timestamp: manifest.creationTimestamp,
          artifacts: manifest.evidence?.integrity?.artifacts ?? 'unknown',
          is_signed: manifest.bundle !== null,
          ...formatOf(manifest.evidence?.found?.format),
          files: manifest.files.map((file) => ({ ...file })),
        };
      },
    },
    getVersionSignature: {
      ...reading,
      handler: async ({ name, version }) => {
        const { bundle } = await manifestOf(name, version);
        if (bundle === null) throw notFound('The version is not signed');
        return jsonText(bundle);
      },
    },
    getVersionSignatureKey: {
      ...reading,
      handler: async ({ name, version }) => {
        const { bundle } = await manifestOf(name, version);
        const key = bundle && (await signatureKey(signingKeys, database.read, bundle));
        if (!key) throw notFound('The version is not signed');
        return plainText(key, 'application/x-pem-file');
      },
    },
  };
}
