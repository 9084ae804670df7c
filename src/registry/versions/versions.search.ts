import { attributes, NUMERIC, named, onlyLists } from '../../platform/filter/entity-rules.js';
import type { FieldRules } from '../../platform/filter/language.js';
import { set } from '../../platform/filter/python-text.js';
import {
  hidePrompts,
  ORDER_NAMING,
  REGISTRY_TAG,
  REGISTRY_TEXT,
  registryLanguage,
} from '../../platform/filter/registry-rules.js';
import { columns, textByKey } from '../../platform/filter/storage.js';
import { looseInteger, textNotNumber } from '../../platform/filter/value-types.js';
import type { Vocabulary } from '../../platform/filter/vocabulary.js';
import { unknownAttribute } from '../../platform/filter/wording.js';

const NUMERIC_FIELDS = set(['version_number', 'creation_timestamp', 'last_updated_timestamp']);
const SORTABLE = ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'];
const unsortable = (key: string): string =>
  `Invalid order by key '${key}' specified. Valid keys are ${set(SORTABLE)}`;
const NO_LIST = onlyLists('name', 'run_id');

const LISTED: FieldRules = { ...REGISTRY_TEXT, value: textNotNumber(NUMERIC_FIELDS) };
const SOURCE: FieldRules = { ...LISTED, lists: NO_LIST };
const VERSION: FieldRules = {
  ...REGISTRY_TEXT,
  value: looseInteger,
  operators: NUMERIC,
  badOperator: (operator, { key }) => `Invalid comparator for attribute ${key}: ${operator}`,
  lists: NO_LIST,
};

const TAGS = {
  table: 'model_version_tags',
  owner: (alias: string) =>
    `${alias}.model = model_versions.model and ${alias}.version = model_versions.version`,
};

const column = columns('model_versions', {
  name: { sql: 'registered_models.name', type: 'text' },
  version_number: { sql: 'model_versions.version', type: 'integer' },
  run_id: 'text',
  source_path: { sql: 'model_versions.source', type: 'text' },
  creation_timestamp: 'integer',
  last_updated_timestamp: 'integer',
});

/** Searching versions: the query selects from `model_versions` joined with `registered_models`. */
export const VERSION_SEARCH: Vocabulary = {
  language: registryLanguage(
    new Map([
      [
        'attribute',
        attributes(
          unknownAttribute,
          [LISTED, named('name', 'run_id')],
          [SOURCE, named('source_path')],
          [VERSION, named('version_number')],
        ),
      ],
      ['tag', { any: REGISTRY_TAG }],
    ]),
  ),
  order: {
    naming: ORDER_NAMING,
    keys: new Map([
      ['attribute', attributes(unknownAttribute, [REGISTRY_TEXT, named(...SORTABLE)])],
      ['tag', { known: new Map(), unknown: unsortable }],
    ]),
    refused: new Map(),
    duplicates: 'refused',
  },
  storage: {
    filterBy: (field) => (field.entity === 'tag' ? textByKey(TAGS, field.key) : column(field)),
    sortBy: (field) => ({ columns: [column(field)] }),
    defaultOrder: [
      { entity: 'attribute', key: 'last_updated_timestamp', ascending: false },
      { entity: 'attribute', key: 'name', ascending: true },
      { entity: 'attribute', key: 'version_number', ascending: false },
    ],
    tieBreakers: [
      { entity: 'attribute', key: 'name', ascending: true },
      { entity: 'attribute', key: 'version_number', ascending: false },
    ],
    // The tag of one version hides the whole model.
    narrow: hidePrompts('model_versions.model', 'model_version_tags'),
  },
};
