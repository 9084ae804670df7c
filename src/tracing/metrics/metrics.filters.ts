import { invalidParameter } from '../../errors.js';
import { parseFilter } from '../../platform/filter/filter.js';
import type {
  Comparison,
  FieldRules,
  Keys,
  Language,
  Naming,
} from '../../platform/filter/language.js';
import { dotted } from '../../platform/filter/naming.js';
import { list, quoted } from '../../platform/filter/python-text.js';
import type { Fragment } from '../../platform/filter/storage.js';
import { text } from '../../platform/filter/value-types.js';
import { PLAIN_CLAUSES } from '../../platform/filter/wording.js';
import { METADATA } from '../traces/traces.js';
import type { ViewType } from './metrics.catalogue.js';

/** Every field by its view; those of the first kind need a key. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, 'keyed' | 'plain'>>>> = {
  trace: { status: 'plain', tag: 'keyed', metadata: 'keyed' },
  span: { name: 'plain', status: 'plain', type: 'plain' },
  assessment: { name: 'plain', type: 'plain' },
};

const { unquote } = dotted({ prefixes: new Map(), unknownPrefix: () => '' });

const naming: Naming = {
  split(name) {
    const [first = '', field, ...rest] = name.split('.');
    if (field === undefined) {
      throw invalidParameter(
        `Invalid identifier ${quoted(name)}. Columns should be specified as ` +
          "'trace.<key>', 'span.<key>', 'assessment.<key>'.",
      );
    }
    const view = unquote(first);
    const key = rest.length === 0 ? undefined : rest.join('.');
    checkField(view, field, key);
    return { entity: `${view}.${field}`, key: key ?? '' };
  },
  unquote,
  quotedAttributes: 'looked up',
};

function checkField(view: string, field: string, key: string | undefined): void {
  const fields = Object.hasOwn(FIELDS, view) ? FIELDS[view] : undefined;
  if (fields === undefined) {
    throw invalidParameter(
      `Invalid view type '${view}'. Valid values are dict_keys(${list(Object.keys(FIELDS))})`,
    );
  }
  const kind = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (kind === undefined) {
    throw invalidParameter(
      `Invalid entity '${field}' specified for view type '${view}'. ` +
        `Valid entities are ${list(Object.keys(fields))}`,
    );
  }
  if (kind === 'keyed' && key === undefined) {
    throw invalidParameter(
      `Filtering by ${field} requires a key, e.g. '${view}.${field}.<key> = <value>'`,
    );
  }
  if (kind === 'plain' && key !== undefined) {
    throw invalidParameter(
      `Filtering by ${field} does not require a key, use '${view}.${field}' instead`,
    );
  }
}

const RULES: FieldRules = {
  value: text,
  operators: ['='],
  expected: (found, { entity }) =>
    `Expected a quoted string value for ${entity.split('.')[1]} value (e.g. 'my-value'). ` +
    `Got value ${found}`,
  badOperator: (operator) => `Invalid comparator: '${operator}', only '=' operator is supported`,
};

const ENTITIES = Object.entries(FIELDS).flatMap(([view, fields]) =>
  Object.keys(fields).map((field) => `${view}.${field}`),
);

const LANGUAGE: Language = {
  naming,
  keys: new Map<string, Keys>(ENTITIES.map((entity) => [entity, { any: RULES }])),
  foldsOperators: false,
  operatorsLast: false,
  strictNames: true,
  wording: PLAIN_CLAUSES,
};

/**
 * Reads one filter of a chart: a single comparison with `=`.
 *
 * @returns a condition over `t`, and over `s` or `a` where the view has them
 * @throws MlflowError 400 in MLflow's words
 */
export function readMetricFilter(filter: string, view: ViewType): Fragment {
  const [comparison, ...others] = parseFilter(filter, { language: LANGUAGE });
  if (comparison === undefined || others.length > 0) {
    throw invalidParameter(`Invalid filter: '${filter}'. Expected one filter clause.`);
  }
  requireView(comparison, view);
  return conditionOf(comparison);
}

const VIEW_OF: Readonly<Record<string, ViewType>> = { span: 'SPANS', assessment: 'ASSESSMENTS' };

function requireView({ entity }: Comparison, view: ViewType): void {
  const [subject = ''] = entity.split('.');
  const needed = VIEW_OF[subject];
  if (needed === undefined || needed === view) return;
  throw invalidParameter(
    `Filtering by ${subject} is only supported for ${needed} view type, got ${view}`,
  );
}

const COLUMNS: Readonly<Record<string, string>> = {
  'trace.status': 't.state',
  'span.name': 's.name',
  'span.status': 's.status',
  'span.type': 's.type',
  'assessment.name': 'a.name',
  'assessment.type': 'a.kind',
};

function conditionOf({ entity, key, value }: Comparison): Fragment {
  const column = COLUMNS[entity];
  const sought = String(value);
  if (column !== undefined) return { sql: `${column} = ?`, bindings: [sought] };
  const table = entity === 'trace.tag' ? 'trace_tags' : 'trace_metadata';
  const stored = `exists (select 1 from ${table} f where f.trace = t.id and f.key = ? and f.value = ?)`;
  if (table === 'trace_tags' || key !== METADATA.sourceRun) {
    return { sql: stored, bindings: [key, sought] };
  }
  const linked =
    'exists (select 1 from trace_run_links l where l.trace_id = t.trace_id and l.run_id = ?)';
  return { sql: `(${stored} or ${linked})`, bindings: [key, sought, sought] };
}
