import type { Reader, Transaction } from '../../platform/db/database.js';
import { isHere, type Workspaced } from '../../platform/db/workspace.js';

export type ActivityType =
  | 'REQUESTED_TRANSITION'
  | 'APPROVED_REQUEST'
  | 'REJECTED_REQUEST'
  | 'CANCELLED_REQUEST'
  | 'APPLIED_TRANSITION'
  | 'SYSTEM_TRANSITION'
  | 'NEW_COMMENT';

/** Something that has happened to a version. */
export interface Activity {
  readonly id: string;
  readonly type: ActivityType;
  readonly from: string;
  readonly to: string;
  readonly comment: string;
  readonly systemComment: string;
  readonly user: string;
  readonly at: number;
}

export interface Comment {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly user: string;
  readonly comment: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const COMMENT =
  'c.comment_id as id, m.name, c.version, c.user_name as "user", c.comment, ' +
  'c.creation_timestamp as "createdAt", c.last_updated_timestamp as "updatedAt" ' +
  'from version_comments c join registered_models m on m.id = c.model';

/** SQL of what is told about versions: activities and comments. */
export class FeedStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  async add(tx: Transaction, model: number, version: number, activity: Activity): Promise<void> {
    const { id, type, from, to, comment, systemComment, user, at } = activity;
    await tx.send({
      sql:
        'insert into version_activities (activity_id, model, version, activity_type, from_stage, ' +
        'to_stage, comment, system_comment, user_name, creation_timestamp) ' +
        'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      joins: 'around',
      bindings: [id, model, version, type, from, to, comment, systemComment, user, at],
    });
  }

  /** @returns the last activities of a version, the newest first */
  activities(reader: Reader, model: number, version: number, limit: number): Promise<Activity[]> {
    return reader.all<Activity>({
      sql:
        'select activity_id as id, activity_type as type, from_stage as "from", to_stage as "to", ' +
        'comment, system_comment as "systemComment", user_name as "user", ' +
        'creation_timestamp as at from version_activities where model = ? and version = ? ' +
        'order by version_activities.id desc limit ?',
      bindings: [model, version, limit],
    });
  }

  findComment(reader: Reader, id: string): Promise<Comment | undefined> {
    return reader.first<Comment>({
      sql: `select ${COMMENT} where c.comment_id = ? and ${isHere(this.#database, 'm')}`,
      bindings: [id],
    });
  }

  async addComment(
    tx: Transaction,
    model: number,
    { id, version, user, comment, createdAt }: Comment,
  ): Promise<void> {
    await tx.send({
      sql:
        'insert into version_comments (comment_id, model, version, user_name, comment, ' +
        'creation_timestamp, last_updated_timestamp) values (?, ?, ?, ?, ?, ?, ?)',
      bindings: [id, model, version, user, comment, createdAt, createdAt],
    });
  }

  async changeComment(tx: Transaction, id: string, comment: string, now: number): Promise<void> {
    await tx.send({
      sql: 'update version_comments set comment = ?, last_updated_timestamp = ? where comment_id = ?',
      bindings: [comment, now, id],
    });
  }

  async deleteComment(tx: Transaction, id: string): Promise<void> {
    await tx.send({ sql: 'delete from version_comments where comment_id = ?', bindings: [id] });
  }
}
