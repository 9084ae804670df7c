import type { Reader } from '../../platform/db/database.js';
import { named, type Workspaced } from '../../platform/db/workspace.js';
import { DELETED } from '../../registry/versions/versions.js';

/** A numbered version, as selectors see it. */
export interface StoredCandidate {
  readonly version: number;
  readonly semver: string;
  readonly stage: string;
  /** Whether it was taken out by a rollback. */
  readonly isQuarantined: boolean;
  /** Stages, and `alias:` with an alias, that somebody has approved it for. */
  readonly approvedFor: readonly string[];
}

/** SQL of the versions that selectors choose from. */
export class CandidateStore {
  readonly #named: string;

  constructor(database: Workspaced) {
    this.#named = named(database, 'm');
  }

  async modelKey(reader: Reader, name: string): Promise<number | undefined> {
    const sql = `select id from registered_models m where ${this.#named} = ?`;
    return (await reader.first<{ id: number }>({ sql, bindings: [name] }))?.id;
  }

  /** @returns the numbered versions of a model with what they were approved for */
  async candidates(reader: Reader, name: string): Promise<StoredCandidate[]> {
    const rows = await reader.all<Omit<StoredCandidate, 'approvedFor' | 'isQuarantined'> & Row>({
      sql:
        'select e.model, e.version, e.semver, v.current_stage as stage, ' +
        '(select t.value from model_version_tags t where t.model = e.model ' +
        "and t.version = e.version and t.key = 'gov.status') as status " +
        'from registered_models m join version_evidence e on e.model = m.id ' +
        'join model_versions v on v.model = e.model and v.version = e.version ' +
        `where ${this.#named} = ? and e.semver is not null and v.current_stage <> ?`,
      bindings: [name, DELETED],
    });
    const [first] = rows;
    if (first === undefined) return [];
    const approvals = await reader.all<{ version: number; target: string }>({
      sql:
        "select version, target from promotion_requests where model = ? and status = 'approved' " +
        'union select version, target from promotion_approvals ' +
        'where model = ? and request_id is null and dismissed_timestamp is null',
      bindings: [first.model, first.model],
    });
    const approved = new Map<number, string[]>();
    for (const { version, target } of approvals) {
      approved.set(version, [...(approved.get(version) ?? []), target]);
    }
    return rows.map(({ version, semver, stage, status }) => ({
      ...{ version, semver, stage, isQuarantined: status === 'quarantined' },
      approvedFor: approved.get(version) ?? [],
    }));
  }
}

interface Row {
  readonly model: number;
  readonly status: string | null;
}
