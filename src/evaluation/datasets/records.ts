import { createHash, randomUUID } from 'node:crypto';
import { invalidParameter } from '../../errors.js';
import { refuseUnstorable } from '../../platform/filter/filter.js';
import { list } from '../../platform/filter/python-text.js';
import { checkLength } from '../../platform/rules/names.js';
import {
  isList,
  isObject,
  isText,
  member,
  parseTagged,
  plainText,
  printTagged,
  type TaggedJson,
  type TaggedObject,
} from '../../platform/tagged-json.js';
import { mapInTurns } from '../../platform/turns.js';
import { checkUser, USER_TAG } from './datasets.js';

/** A record as somebody sends it. */
export interface NewRecord {
  readonly inputs: TaggedObject;
  /** Equal inputs have equal hashes. */
  readonly hash: string;
  /** Undefined where nothing is said of them. */
  readonly outputs: TaggedJson | undefined;
  readonly expectations: TaggedObject | undefined;
  readonly tags: TaggedObject | undefined;
  readonly source: Source | undefined;
  /** Who sends it. */
  readonly user: string | undefined;
}

interface Source {
  readonly json: string;
  readonly type: string;
  readonly id: string | null;
}

/** A record as it is stored: parts are JSON, times in ms since the epoch. */
export interface StoredRecord {
  readonly dataset_record_id: string;
  readonly input_hash: string;
  readonly inputs: string;
  readonly outputs: string | null;
  readonly expectations: string | null;
  readonly tags: string;
  readonly source: string | null;
  readonly source_id: string | null;
  readonly source_type: string | null;
  readonly created_time: number;
  readonly last_update_time: number;
  readonly created_by: string | null;
  readonly last_updated_by: string | null;
}

const SOURCE_TYPES = ['UNSPECIFIED', 'TRACE', 'HUMAN', 'DOCUMENT', 'CODE'] as const;
const MAX_SOURCE_ID = 250;

/**
 * Reads records from the JSON list that they are sent as.
 *
 * @throws MlflowError 400
 */
export async function readRecords(json: string): Promise<NewRecord[]> {
  const parsed = parseTagged(json, 'records');
  if (!isList(parsed)) throw invalidParameter('records must be a JSON list');
  return mapInTurns(parsed.entries(), ([index, record]) => readRecord(record, `records[${index}]`));
}

function readRecord(record: TaggedJson, path: string): NewRecord {
  if (!isObject(record)) throw invalidParameter(`${path} must be a JSON object`);
  const given = member(record, 'inputs');
  const inputs = given === undefined ? {} : given;
  if (!isObject(inputs)) throw invalidParameter(`${path}.inputs must be a JSON object`);
  const tags = readObject(record, 'tags', path);
  const user = tags && member(tags, USER_TAG);
  return {
    inputs,
    hash: createHash('sha256').update(printTagged(inputs, true)).digest('hex'),
    outputs: member(record, 'outputs'),
    expectations: readObject(record, 'expectations', path),
    tags,
    source: readSource(member(record, 'source'), `${path}.source`),
    user: user === undefined || user === null ? undefined : checkUser(plainText(user)),
  };
}

function readObject(record: TaggedObject, name: string, path: string): TaggedObject | undefined {
  const value = member(record, name);
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalidParameter(`${path}.${name} must be a JSON object`);
  return value;
}

function readSource(source: TaggedJson | undefined, path: string): Source | undefined {
  if (source === undefined || source === null) return undefined;
  if (!isObject(source)) throw invalidParameter(`${path} must be a JSON object`);
  const names = Object.keys(source);
  if (names.length === 0) return undefined;
  const stray = names.find((name) => name !== 'ssource_type' && name !== 'ssource_data');
  if (stray !== undefined) {
    throw invalidParameter(`${path} has a member '${stray.slice(1)}' that it can't have`);
  }
  const type = readSourceType(member(source, 'source_type'), path);
  const data = member(source, 'source_data') ?? {};
  if (!isObject(data)) throw invalidParameter(`${path}.source_data must be a JSON object`);
  const id = member(data, type === 'TRACE' ? 'trace_id' : 'source_id');
  return {
    json: printTagged({ ssource_type: `s${type}`, ssource_data: data }),
    type,
    id: id === undefined || id === null ? null : readSourceId(id, path),
  };
}

function readSourceType(value: TaggedJson | undefined, path: string): string {
  if (!isText(value)) throw invalidParameter(`${path}.source_type must be a text`);
  const type = value.slice(1).toUpperCase();
  if (SOURCE_TYPES.some((known) => known === type)) return type;
  throw invalidParameter(
    `Invalid dataset record source type: ${type}. Valid source types: ${list(SOURCE_TYPES)}`,
  );
}

function readSourceId(value: TaggedJson, path: string): string {
  if (typeof value !== 'string') {
    throw invalidParameter(`${path}.source_data has an id that is not a text`);
  }
  const id = value.slice(1);
  checkLength(id, 'source_id', MAX_SOURCE_ID);
  refuseUnstorable(id, 'source_id');
  return id;
}

/** @returns the record of inputs that the dataset has not had before */
export function newRecord(wish: NewRecord, now: number): StoredRecord {
  const { source, user = null } = wish;
  return {
    dataset_record_id: `dr-${randomUUID().replaceAll('-', '')}`,
    input_hash: wish.hash,
    inputs: printTagged(wish.inputs),
    outputs: wish.outputs === null ? null : printTagged(wish.outputs ?? {}),
    expectations: wish.expectations === undefined ? null : printTagged(wish.expectations),
    tags: printTagged(wish.tags ?? {}),
    source: source?.json ?? null,
    source_id: source?.id ?? null,
    source_type: source?.type ?? null,
    created_time: now,
    last_update_time: now,
    created_by: user,
    last_updated_by: user,
  };
}

/** @returns a record with what was sent for the same inputs: outputs replaced, the rest joined */
export function mergeRecord(stored: StoredRecord, wish: NewRecord, now: number): StoredRecord {
  const { outputs } = wish;
  return {
    ...stored,
    ...(outputs === undefined ? {} : { outputs: outputs === null ? null : printTagged(outputs) }),
    expectations: joined(stored.expectations, wish.expectations),
    tags: joined(stored.tags, wish.tags) ?? '{}',
    last_update_time: now,
    last_updated_by: wish.user ?? stored.last_updated_by,
  };
}

function joined(stored: string | null, added: TaggedObject | undefined): string | null {
  if (added === undefined || Object.keys(added).length === 0) return stored;
  const before = stored === null ? {} : parseTagged(stored, 'record');
  return printTagged({ ...(before as TaggedObject), ...added });
}

/** @returns the JSON of a list of records, in the order of members that MLflow prints */
export async function recordsToJson(
  datasetId: string,
  records: readonly StoredRecord[],
): Promise<string> {
  const shown = await mapInTurns(records, (record) => recordToJson(datasetId, record));
  return `[${shown.join(', ')}]`;
}

function recordToJson(datasetId: string, record: StoredRecord): string {
  const members: readonly (readonly [string, string | null])[] = [
    ['dataset_record_id', text(record.dataset_record_id)],
    ['dataset_id', text(datasetId)],
    ['inputs', record.inputs],
    ['expectations', record.expectations],
    ['tags', record.tags],
    ['source', record.source],
    ['source_id', text(record.source_id)],
    ['source_type', text(record.source_type)],
    ['created_time', String(record.created_time)],
    ['last_update_time', String(record.last_update_time)],
    ['created_by', text(record.created_by)],
    ['last_updated_by', text(record.last_updated_by)],
    ['outputs', record.outputs],
  ];
  const shown = members.flatMap(([name, json]) => (json === null ? [] : [`"${name}": ${json}`]));
  return `{${shown.join(', ')}}`;
}

const text = (value: string | null): string | null =>
  value === null ? null : printTagged(`s${value}`);
