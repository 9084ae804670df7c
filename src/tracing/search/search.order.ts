import { invalidParameter } from '../../errors.js';
import { named } from '../../platform/filter/entity-rules.js';
import type { Keys } from '../../platform/filter/language.js';
import type { OrderLanguage } from '../../platform/filter/order-by.js';
import { quoted } from '../../platform/filter/python-text.js';
import { unknownAttribute } from '../../platform/filter/wording.js';
import { METADATA } from '../traces/traces.js';
import { naming, WORDS } from './search.naming.js';
import { ATTRIBUTE, byAlias, TIMES } from './search.rules.js';

const ORDER_COLUMNS: Readonly<Record<string, string>> = {
  ...named('experiment_id', 'status', 'request_id'),
  ...TIMES,
};
const ORDER_KEYS = [...Object.keys(ORDER_COLUMNS), 'name', 'run_id'];

const inOrder = (entity: string): Keys => ({
  meaning(key) {
    if (entity === 'attribute' && !ORDER_KEYS.includes(key)) {
      throw invalidParameter(unknownAttribute(key, ORDER_KEYS));
    }
    const meant = entity === 'span' ? undefined : byAlias(key, ATTRIBUTE);
    if (meant !== undefined) return meant;
    if (entity === 'request_metadata' && (key === METADATA.tokenUsage || key === METADATA.cost)) {
      throw invalidParameter(
        `Ordering by reserved metadata ${quoted(key)} is not supported because it is ` +
          'represented by multiple columns.',
      );
    }
    const column = entity === 'attribute' ? ORDER_COLUMNS[key] : undefined;
    return { entity, name: column ?? key, rules: ATTRIBUTE };
  },
});

/** The language of orders of traces. */
export const TRACE_ORDER: OrderLanguage = {
  naming,
  keys: new Map(Object.keys(WORDS).map((entity) => [entity, inOrder(entity)])),
  refused: new Map(
    ['span', 'feedback', 'expectation', 'issue'].map((entity) => [
      entity,
      `Invalid identifier type '${entity}'`,
    ]),
  ),
  duplicates: 'refused',
};
