import type { Binding, Database, Reader, Transaction } from '../platform/db/database.js';
import { isHere, named } from '../platform/db/workspace.js';
import type { Channel, Preference, Subscription } from './subscriptions.js';

interface Row extends Omit<Subscription, 'recipients' | 'settings' | 'events'> {
  readonly recipients: string;
  readonly settings: string;
  readonly events: string;
}

/** Who may be interested in an event, as far as the index tells. */
export interface Interested {
  readonly key: number;
  readonly topic: string;
  readonly channel: Channel;
  readonly owner: string;
  readonly modelPattern: string;
  readonly preference: Preference | null;
}

/** What a change leaves out stays as it is. */
export type SubscriptionValues = Pick<
  Subscription,
  'description' | 'modelPattern' | 'preference' | 'status' | 'url' | 'recipients' | 'settings'
> & { readonly sealed: string | null };

/** Which subscriptions somebody asks for. */
export interface SubscriptionQuery {
  readonly isDatabricks: boolean;
  /** Undefined for those of everybody. */
  readonly owner?: string | undefined;
  readonly modelPattern?: string | undefined;
  /** Those that ask for one of these; all where there are none. */
  readonly events?: readonly string[];
  readonly before: number;
  readonly limit: number;
}

const INTERESTS = {
  table: 'notification_interests',
  columns: { topic: 'text', model_key: 'text', subscription: 'bigint' },
} as const;

/** Topics: most events have two to four. */
const FEW = 6;

/** SQL of who wants to be told of what; everywhere `s` is the subscription's row. */
export class SubscriptionStore {
  readonly #database: Database;
  readonly #select: string;
  readonly #here: string;

  constructor(database: Database) {
    this.#database = database;
    this.#here = isHere(database, 's');
    const events = database.dialect.jsonObjects(
      { topic: 'i.topic' },
      'notification_interests i where i.subscription = s.id',
      'i.topic',
    );
    this.#select =
      'select s.id as key, s.subscription_id as id, s.workspace, s.channel, s.owner, s.owner_id as "ownerId", ' +
      's.description, s.model_pattern as "modelPattern", s.preference, s.status, s.url, ' +
      's.recipients, s.settings, s.sealed, s.creation_timestamp as "createdAt", ' +
      `s.last_updated_timestamp as "updatedAt", ${events} as events from notification_subscriptions s`;
  }

  async find(reader: Reader, id: string): Promise<Subscription | undefined> {
    const sql = `${this.#select} where s.subscription_id = ? and ${this.#here}`;
    const row = await reader.first<Row>({ sql, bindings: [id] });
    return row && toSubscription(row);
  }

  async findByKey(reader: Reader, key: number): Promise<Subscription | undefined> {
    const row = await reader.first<Row>({ sql: `${this.#select} where s.id = ?`, bindings: [key] });
    return row && toSubscription(row);
  }

  /** @returns what somebody wishes to get by e-mail about a model, or about all with `*` */
  async preference(
    reader: Reader,
    owner: string,
    modelPattern: string,
  ): Promise<Subscription | undefined> {
    const sql = `${this.#select} where ${this.#here} and s.owner = ? and s.model_pattern = ? and s.preference is not null`;
    const row = await reader.first<Row>({ sql, bindings: [owner, modelPattern] });
    return row && toSubscription(row);
  }

  /** Holds a subscription until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<number | undefined> {
    const { forUpdate } = this.#database.dialect;
    const sql = `select id from notification_subscriptions s where subscription_id = ? and ${this.#here}${forUpdate}`;
    return (await tx.first<{ id: number }>({ sql, bindings: [id] }))?.id;
  }

  /** @returns a page, the newest first; wishes about e-mail are none of them */
  async page(asked: SubscriptionQuery): Promise<Subscription[]> {
    const { isDatabricks, owner, modelPattern, events = [], before, limit } = asked;
    const conditions = [this.#here, 's.preference is null', 's.id < ?'];
    const bindings: Binding[] = [before];
    conditions.push(isDatabricks ? "s.channel = 'databricks'" : "s.channel <> 'databricks'");
    if (owner !== undefined) {
      conditions.push('s.owner = ?');
      bindings.push(owner);
    }
    if (modelPattern !== undefined) {
      conditions.push('s.model_pattern = ?');
      bindings.push(modelPattern);
    }
    if (events.length > 0) {
      const one = this.#database.dialect.isOneOfText('i.topic', events);
      conditions.push(
        `exists (select 1 from notification_interests i where i.subscription = s.id and ${one.sql})`,
      );
      bindings.push(...one.bindings);
    }
    const sql = `${this.#select} where ${conditions.join(' and ')} order by s.id desc limit ?`;
    const rows = await this.#database.scan.all<Row>({ sql, bindings: [...bindings, limit] });
    return rows.map(toSubscription);
  }

  /** @returns a page of what somebody wishes to get by e-mail, the newest first */
  async preferencesPage(owner: string, before: number, limit: number): Promise<Subscription[]> {
    const rows = await this.#database.scan.all<Row>({
      sql:
        `${this.#select} where ${this.#here} and s.preference is not null and s.owner = ? and s.id < ? ` +
        'order by s.id desc limit ?',
      bindings: [owner, before, limit],
    });
    return rows.map(toSubscription);
  }

  /** @returns how many subscriptions somebody has */
  async count(reader: Reader, owner: string): Promise<number> {
    const sql = 'select count(*) as n from notification_subscriptions where owner = ?';
    return Number((await reader.first<{ n: number }>({ sql, bindings: [owner] }))?.n ?? 0);
  }

  async insert(
    tx: Transaction,
    made: {
      readonly id: string;
      readonly channel: Channel;
      readonly owner: string;
      readonly ownerId: number | null;
    },
    values: SubscriptionValues,
    now: number,
  ): Promise<number> {
    const row = await tx.first<{ id: number }>({
      sql:
        'insert into notification_subscriptions (subscription_id, workspace, channel, owner, owner_id, ' +
        'description, model_pattern, preference, status, url, recipients, settings, sealed, ' +
        'creation_timestamp, last_updated_timestamp) ' +
        'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id',
      bindings: [
        ...[made.id, this.#database.workspace, made.channel, made.owner, made.ownerId],
        ...[values.description, values.modelPattern, values.preference, values.status, values.url],
        ...[JSON.stringify(values.recipients), JSON.stringify(values.settings), values.sealed],
        ...[now, now],
      ],
    });
    if (row === undefined) throw new Error('A new subscription has no key');
    return row.id;
  }

  async update(tx: Transaction, key: number, values: SubscriptionValues, now: number) {
    await tx.run({
      sql:
        'update notification_subscriptions set description = ?, model_pattern = ?, ' +
        'preference = ?, status = ?, url = ?, recipients = ?, settings = ?, sealed = ?, ' +
        'last_updated_timestamp = ? where id = ?',
      bindings: [
        ...[values.description, values.modelPattern, values.preference, values.status, values.url],
        ...[JSON.stringify(values.recipients), JSON.stringify(values.settings), values.sealed],
        ...[now, key],
      ],
    });
  }

  /** Takes the place of the events that were there. */
  async setEvents(
    tx: Transaction,
    key: number,
    events: readonly string[],
    modelKey: string,
  ): Promise<void> {
    await tx.run({
      sql: 'delete from notification_interests where subscription = ?',
      bindings: [key],
    });
    await tx.insert(
      INTERESTS,
      events.map((topic) => [topic, modelKey, key]),
    );
  }

  /** Deletes a subscription with its history. */
  async delete(tx: Transaction, key: number): Promise<void> {
    for (const sql of [
      'delete from notification_deliveries where subscription = ?',
      'delete from notification_streams where subscription = ?',
      'delete from notification_subscriptions where id = ?',
    ]) {
      await tx.run({ sql, bindings: [key] });
    }
  }

  /** @returns the active subscriptions to one of these topics that may be about this model */
  interested(reader: Reader, topics: readonly string[], model: string): Promise<Interested[]> {
    // Of few each has a place of its own, which takes less than a list that the database unpacks.
    const { sql, bindings } =
      topics.length <= FEW
        ? { sql: `i.topic in (${topics.map(() => '?').join(', ')})`, bindings: topics }
        : this.#database.dialect.isOneOfText('i.topic', topics);
    return reader.all<Interested>({
      sql:
        'select s.id as key, i.topic, s.channel, s.owner, s.model_pattern as "modelPattern", ' +
        's.preference from notification_interests i ' +
        'join notification_subscriptions s on s.id = i.subscription ' +
        `where ${sql} and i.model_key in (?, '*') and s.status = 'ACTIVE' and ${this.#here} order by s.id, i.topic`,
      bindings: [...bindings, model],
    });
  }

  /** @returns who has made, asked for, agreed to or commented on a version */
  async followers(reader: Reader, model: string, version: number): Promise<string[]> {
    const about = `${named(this.#database, 'm')} = ? and x.version = ?`;
    const of = (column: string, table: string) =>
      `select x.${column} as who from ${table} x join registered_models m on m.id = x.model where ${about}`;
    const rows = await reader.all<{ who: string }>({
      sql: [
        of('user_name', 'version_comments'),
        of('creator', 'promotion_requests'),
        of('approver', 'promotion_approvals'),
        of('registered_by', 'version_evidence'),
      ].join(' union '),
      bindings: [model, version, model, version, model, version, model, version],
    });
    return rows.map(({ who }) => who);
  }

  /** @returns the addresses that want no e-mail about a model, and those that want some after all */
  async preferencesOf(
    reader: Reader,
    model: string,
  ): Promise<
    { readonly recipients: readonly string[]; readonly modelPattern: string; wish: Preference }[]
  > {
    const rows = await reader.all<{ recipients: string; modelPattern: string; wish: Preference }>({
      sql:
        'select recipients, model_pattern as "modelPattern", preference as wish ' +
        "from notification_subscriptions where channel = 'email' and model_pattern in (?, '*') " +
        'and preference is not null',
      bindings: [model],
    });
    return rows.map((row) => ({ ...row, recipients: JSON.parse(row.recipients) as string[] }));
  }

  /** @returns every secret there is, encrypted */
  sealed(reader: Reader): Promise<{ id: string; sealed: string }[]> {
    return reader.all({
      sql: 'select subscription_id as id, sealed from notification_subscriptions where sealed is not null',
      bindings: [],
    });
  }

  /** Puts secrets in another encryption, unless they were changed meanwhile. */
  async reseal(tx: Transaction, id: string, from: string, to: string): Promise<void> {
    await tx.run({
      sql: 'update notification_subscriptions set sealed = ? where subscription_id = ? and sealed = ?',
      bindings: [to, id, from],
    });
  }

  /** A model has another name: those who asked for it alone go with it. */
  async renamed(tx: Transaction, from: string, to: string): Promise<void> {
    await tx.run({
      sql:
        'update notification_subscriptions set model_pattern = ? where model_pattern = ? ' +
        'and (preference is null or owner not in (select o.owner from notification_subscriptions o ' +
        'where o.model_pattern = ? and o.preference is not null))',
      bindings: [to, from, to],
    });
    await tx.run({
      sql:
        'update notification_interests set model_key = ? where model_key = ? and subscription in ' +
        '(select id from notification_subscriptions where model_pattern = ?)',
      bindings: [to, from, to],
    });
  }
}

const toSubscription = (row: Row): Subscription => ({
  ...row,
  recipients: JSON.parse(row.recipients) as string[],
  settings: JSON.parse(row.settings) as Subscription['settings'],
  events: (JSON.parse(row.events) as { topic: string }[]).map(({ topic }) => topic),
});
