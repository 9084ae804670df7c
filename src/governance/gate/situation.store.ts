import type { Database, Reader } from '../../platform/db/database.js';
import { fullName, type Workspaced } from '../../platform/db/workspace.js';

/** What decides over a promotion beside the evidence. */
export interface Situation {
  readonly generation: number;
  /** Since when the version is quarantined. */
  readonly quarantinedAt: number | undefined;
  /** The targets that the version was approved for, by requests or directly. */
  readonly approvedFor: readonly string[];
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
  /** Whether there are open requests for the version. */
  readonly hasRequests: boolean;
  /** Whether somebody has an emergency for the model. */
  readonly hasGrants: boolean;
}

/** SQL of what decides over promotions, beside who serves. */
export class SituationStore {
  readonly #database: Workspaced;
  readonly #situation: string;

  constructor(database: Pick<Database, 'dialect' | 'workspace'>) {
    const { dialect } = database;
    this.#database = database;
    const aliases = dialect.jsonObjects(
      { alias: 'a.alias', version: 'a.version' },
      'registered_model_aliases a where a.model = m.model',
      'a.alias',
    );
    const ofVersion = 'model = m.model and version = m.version';
    const approved = dialect.jsonObjects(
      { target: 't.target' },
      `(select target from promotion_requests where ${ofVersion} and status = 'approved' union ` +
        `select target from promotion_approvals where ${ofVersion} and request_id is null) t`,
      't.target',
    );
    this.#situation =
      'select coalesce((select generation from model_generations where model = m.model), 0) ' +
      `as generation, (select since from version_quarantines where ${ofVersion} ` +
      `and lifted_time is null) as "quarantinedAt", ${approved} as "approvedFor", ` +
      `${aliases} as aliases, (select count(*) from promotion_requests where ${ofVersion} ` +
      "and status = 'open') as requests, (select count(*) from break_glass_grants " +
      'where model_name = ? and principal = ? and expiration_timestamp > ?) as grants ' +
      'from (select cast(? as bigint) as model, cast(? as bigint) as version) m';
  }

  /** @returns what decides over a promotion of a version by somebody, of one moment */
  async find(
    reader: Reader,
    { model, name, version }: { readonly model: number; readonly name: string; version: number },
    { principal, now }: { readonly principal: string; readonly now: number },
  ): Promise<Situation> {
    const row = await reader.first<{
      readonly generation: number;
      readonly quarantinedAt: number | null;
      readonly approvedFor: string;
      readonly aliases: string;
      readonly requests: number;
      readonly grants: number;
    }>({
      sql: this.#situation,
      bindings: [fullName(this.#database, name), principal, now, model, version],
    });
    if (row === undefined) throw new Error('There is no answer');
    return {
      generation: row.generation,
      quarantinedAt: row.quarantinedAt ?? undefined,
      approvedFor: (JSON.parse(row.approvedFor) as { target: string }[]).map(
        ({ target }) => target,
      ),
      aliases: JSON.parse(row.aliases) as Situation['aliases'],
      hasRequests: row.requests > 0,
      hasGrants: row.grants > 0,
    };
  }
}
