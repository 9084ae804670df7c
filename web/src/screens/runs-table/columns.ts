import type { Schema } from '../../shared/api.ts';
import { byName, formatAgo, formatDuration, formatNumber, numberOf } from '../../shared/format.ts';

export type Run = Schema<'Run'>;
export type Kind = 'attributes' | 'metrics' | 'params' | 'tags';

/** A column of the table: what the search language calls it, and what it shows. */
export interface Column {
  /** Such as `metrics.loss`. */
  readonly id: string;
  readonly kind: Kind;
  readonly key: string;
  readonly label: string;
  readonly width: number;
}

const ATTRIBUTES: Readonly<Record<string, readonly [label: string, width: number]>> = {
  run_name: ['Run', 250],
  status: ['Status', 116],
  start_time: ['Started', 148],
  duration: ['Duration', 100],
  user_id: ['User', 110],
  run_id: ['Run id', 270],
};

export const ATTRIBUTE_IDS: readonly string[] = Object.keys(ATTRIBUTES).map(
  (key) => `attributes.${key}`,
);
const BY_DEFAULT = ['status', 'start_time', 'duration'].map((key) => `attributes.${key}`);

/** What people see of keys: parameters are like metrics, only set apart. */
export function columnOf(id: string): Column {
  const dot = id.indexOf('.');
  const kind = id.slice(0, dot) as Kind;
  const key = id.slice(dot + 1);
  if (kind === 'attributes') {
    const [label, width] = ATTRIBUTES[key] ?? [key, 130];
    return { id, kind, key, label, width };
  }
  return { id, kind, key, label: key, width: Math.min(260, Math.max(118, key.length * 8 + 36)) };
}

/** As the search language wants a key that has spaces or dots. */
export function quoted({ kind, key }: Pick<Column, 'kind' | 'key'>): string {
  if (/^\w+$/.test(key)) return `${kind}.${key}`;
  return key.includes('`') ? `${kind}."${key}"` : `${kind}.\`${key}\``;
}

/** Whether the server can order by it. */
export const isSortable = ({ id }: Column): boolean => id !== 'attributes.duration';

type Keys = Readonly<Record<'metrics' | 'params' | 'tags', readonly string[]>>;

/** The keys that the runs at hand have, for columns and completion. */
export function keysOf(runs: readonly Run[]): Keys {
  const sets = {
    metrics: new Set<string>(),
    params: new Set<string>(),
    tags: new Set<string>(),
  };
  for (const { data } of runs) {
    for (const { key } of data?.metrics ?? []) if (key !== undefined) sets.metrics.add(key);
    for (const { key } of data?.params ?? []) if (key !== undefined) sets.params.add(key);
    for (const { key } of data?.tags ?? []) if (key !== undefined) sets.tags.add(key);
  }
  return sortedKeys(sets);
}

/** Keys in the order in which people look for them: those that the system has set come last. */
export function sortedKeys(
  keys: Readonly<Record<'metrics' | 'params' | 'tags', Iterable<string>>>,
) {
  const sorted = (names: Iterable<string>) => [...names].sort(byName);
  return {
    metrics: sorted(keys.metrics),
    params: sorted(keys.params),
    tags: sorted(keys.tags).sort((a, b) => Number(isOfSystem(a)) - Number(isOfSystem(b))),
  };
}

export const isOfSystem = (key: string): boolean =>
  key.startsWith('mlflow.') || key.startsWith('system/');

/** What is shown before anybody has picked columns. */
export function defaultColumns({ metrics, params }: Keys): readonly string[] {
  return [
    ...BY_DEFAULT,
    // Keys of a folder, such as system/cpu, come after those that stand alone.
    ...metrics
      .filter((key) => !isOfSystem(key))
      .sort((a, b) => Number(a.includes('/')) - Number(b.includes('/')))
      .slice(0, 4)
      .map((key) => `metrics.${key}`),
    ...params.slice(0, 4).map((key) => `params.${key}`),
  ];
}

const lists = new WeakMap<Run, Map<string, string>>();

/** All that a run says, by the ids of columns; made once for each run. */
function valuesOf(run: Run): Map<string, string> {
  const known = lists.get(run);
  if (known !== undefined) return known;
  const values = new Map<string, string>();
  for (const { key, value } of run.data?.metrics ?? []) values.set(`metrics.${key}`, String(value));
  for (const { key, value } of run.data?.params ?? []) values.set(`params.${key}`, value ?? '');
  for (const { key, value } of run.data?.tags ?? []) values.set(`tags.${key}`, value ?? '');
  for (const [key, value] of Object.entries(run.info ?? {})) {
    values.set(`attributes.${key}`, String(value));
  }
  const duration = durationOf(run);
  if (Number.isFinite(duration)) values.set('attributes.duration', String(duration));
  lists.set(run, values);
  return values;
}

export const rawValue = (run: Run, id: string): string | undefined => valuesOf(run).get(id);

/** A value as people read it; undefined where the run has none. */
export function shownValue(run: Run, { id, kind, key }: Column): string | undefined {
  if (id === 'attributes.duration') return formatDuration(durationOf(run));
  const value = rawValue(run, id);
  if (value === undefined) return undefined;
  if (kind === 'metrics') return formatNumber(value);
  return kind === 'attributes' && key.endsWith('_time') ? formatAgo(value) : value;
}

/** Milliseconds that a run took, or has taken until now. */
export function durationOf({ info }: Run): number {
  const end = info?.status === 'RUNNING' ? Date.now() : numberOf(info?.end_time);
  return end - numberOf(info?.start_time);
}

export const runId = ({ info }: Run): string => info?.run_id ?? '';
export const tagOf = (run: Run, key: string): string | undefined => rawValue(run, `tags.${key}`);
