import type { Reader } from '../../platform/db/database.js';
import type { Evidence } from './evidence.js';
import { type EvidenceRow, toEvidence } from './evidence-row.js';

/** What is stored of a version beside what the registry knows, of one moment. */
export interface Dossier {
  /** Another text once a card, a file or a signature is found to be another. */
  readonly mark: string;
  readonly evidence: Evidence | undefined;
  /** Whether the server itself was given a card. */
  readonly hasCard: boolean;
  /** Whether the version serves, or has served, with a card of its own. */
  readonly hasServingCard: boolean;
  /** Of the manifest. */
  readonly rootDigest: string | undefined;
  /** The version in Production beside this one, the newest if there are several. */
  readonly champion: number | undefined;
}

interface Marked {
  readonly revision: number | null;
  readonly card: string | null;
  readonly files: string | null;
  readonly integrity: string | null;
  readonly found: string | null;
}

const MARKED =
  '(select max(c.revision) from version_cards c ' +
  'where c.model = v.model and c.version = v.version) as revision, ' +
  '(select s.digest from version_serving_cards s ' +
  'where s.model = v.model and s.version = v.version) as card, ' +
  '(select d.root_digest from model_version_manifests d ' +
  'where d.model = v.model and d.version = v.version) as files';
const FROM =
  'from model_versions v left join version_evidence e ' +
  'on e.model = v.model and e.version = v.version where v.model = ? and v.version = ?';

/** SQL of what decides over a version, read together. */
export class DossierStore {
  /** @returns a text that is another one once a card, a file or a signature is found to be */
  async mark(reader: Reader, model: number, version: number): Promise<string> {
    return markOf(
      await reader.first<Marked>({
        sql: `select ${MARKED}, e.integrity, e.found ${FROM}`,
        bindings: [model, version],
      }),
    );
  }

  async find(reader: Reader, model: number, version: number): Promise<Dossier> {
    const row = await reader.first<Marked & EvidenceRow & { readonly champion: number | null }>({
      sql:
        `select ${MARKED}, (select max(o.version) from model_versions o where o.model = v.model ` +
        "and o.current_stage = 'Production' and o.version <> v.version) as champion, e.* " +
        FROM,
      bindings: [model, version],
    });
    return {
      mark: markOf(row),
      evidence: row === undefined || row.id === null ? undefined : toEvidence(row),
      hasCard: row?.revision != null,
      hasServingCard: row?.card != null,
      rootDigest: row?.files ?? undefined,
      champion: row?.champion ?? undefined,
    };
  }
}

const markOf = (row: Marked | undefined): string =>
  JSON.stringify(
    row === undefined ? null : [row.revision, row.card, row.files, row.integrity, row.found],
  );
