import { attributes, named } from '../../platform/filter/entity-rules.js';
import type { Naming } from '../../platform/filter/language.js';
import { set } from '../../platform/filter/python-text.js';
import {
  hidePrompts,
  REGISTRY_TAG,
  REGISTRY_TEXT,
  registryLanguage,
} from '../../platform/filter/registry-rules.js';
import { columns, textByKey } from '../../platform/filter/storage.js';
import type { Vocabulary } from '../../platform/filter/vocabulary.js';
import { unknownAttribute } from '../../platform/filter/wording.js';

/** Orders name their field bare: neither prefixes nor quotes. */
const bareNames: Naming = {
  split: (key) => ({ entity: 'attribute', key }),
  unquote: (key) => key,
  quotedAttributes: 'looked up',
};

const TAGS = {
  table: 'registered_model_tags',
  owner: (alias: string) => `${alias}.model = registered_models.id`,
};

const column = columns('registered_models', { name: 'text', last_updated_timestamp: 'integer' });

/** Searching registered models: the query selects from `registered_models`. */
export const MODEL_SEARCH: Vocabulary = {
  language: registryLanguage(
    new Map([
      ['attribute', attributes(unknownAttribute, [REGISTRY_TEXT, named('name')])],
      ['tag', { any: REGISTRY_TAG }],
    ]),
  ),
  order: {
    naming: bareNames,
    keys: new Map([
      [
        'attribute',
        attributes(
          (key) =>
            `Invalid order by key '${key}' specified. ` +
            `Valid keys are '${set(['name', 'timestamp'])}'`,
          [
            REGISTRY_TEXT,
            {
              ...named('name', 'last_updated_timestamp'),
              timestamp: 'last_updated_timestamp',
            },
          ],
        ),
      ],
    ]),
    refused: new Map(),
    duplicates: 'refused',
  },
  storage: {
    filterBy: (field) => (field.entity === 'tag' ? textByKey(TAGS, field.key) : column(field)),
    sortBy: (field) => ({ columns: [column(field)] }),
    defaultOrder: [],
    tieBreakers: [{ entity: 'attribute', key: 'name', ascending: true }],
    narrow: hidePrompts('registered_models.id', 'registered_model_tags'),
  },
};
