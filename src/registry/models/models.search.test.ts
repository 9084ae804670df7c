import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../platform/filter/filter.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { conditionOf, orderOf } from '../../platform/filter/testing/sql-of.js';
import { MODEL_SEARCH } from './models.search.js';

const tag =
  'exists (select 1 from registered_model_tags as f where f.model = registered_models.id and f.key = ';
const hidden =
  "registered_models.id not in (select p.model from registered_model_tags as p where p.key = 'mlflow.prompt.is_prompt' and p.value = 'true')";
const PROMPT = 'mlflow.prompt.is_prompt';

describe('a filter of registered models becomes SQL', () => {
  it.each([
    ['', `${hidden}`, `${hidden}`, []],
    [
      "name ilike 'M%' and tags.a = 'x'",
      `lower(registered_models.name) like lower(?) and ${tag}? and f.value = ?) and ${hidden}`,
      `registered_models.name ilike $1 escape '' and ${tag}$2 and f.value = $3) and ${hidden}`,
      ['M%', 'a', 'x'],
    ],
    [
      `tags.\`${PROMPT}\` = 'true' AND name IN ('p')`,
      `${tag}? and f.value = ?) and registered_models.name in (?)`,
      `${tag}$1 and f.value = $2) and registered_models.name in ($3)`,
      [PROMPT, 'true', 'p'],
    ],
    [
      `tags.\`${PROMPT}\` != 'False'`,
      `${tag}? and f.value <> ?)`,
      `${tag}$1 and f.value <> $2)`,
      [PROMPT, 'False'],
    ],
    [`tags.\`${PROMPT}\` != 'true' AND tags.\`${PROMPT}\` = 'true'`, `${hidden}`, `${hidden}`, []],
  ])('%s', (filter, sqlite, postgres, bindings) => {
    expect(conditionOf(filter, MODEL_SEARCH)).toEqual({ sqlite, postgres, bindings });
  });
});

describe('a filter of registered models is refused', () => {
  it.each([
    ["name = 'a' OR name = 'b'", 'Invalid clause(s) in filter string: OR'],
    ["foo = 'a'", "Invalid attribute key 'foo' specified. Valid keys are '{'name'}'"],
    ["`name` = 'a'", "Invalid attribute key '`name`' specified. Valid keys are '{'name'}'"],
    [
      "run.name = 'a'",
      "Invalid entity type 'run'. Valid entity types are ('attribute', 'tag', 'tags')",
    ],
    ["name > 'a'", 'Invalid comparator for attribute: >'],
    ["tags.a >= 'a'", 'Invalid comparator for tag: >='],
    ['tags.a = 1', "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"],
    [
      'name = 1',
      'Expected a quoted string value or a list of quoted string values for attributes. Got value 1',
    ],
    ['tags.a IS NULL', 'Invalid comparator for tag: IS NULL / IS NOT NULL'],
  ])('%s', (filter, message) => {
    expect(refusal(() => parseFilter(filter, MODEL_SEARCH))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});

describe('an order of registered models', () => {
  it('is by name unless asked otherwise', () => {
    expect(orderOf([], MODEL_SEARCH)).toBe(
      'select registered_models.name as sort_0 from `t` order by sort_0 asc',
    );
    expect(orderOf(parseOrderBy(['timestamp DESC'], MODEL_SEARCH), MODEL_SEARCH)).toBe(
      'select registered_models.last_updated_timestamp as sort_0, registered_models.name as sort_1 ' +
        'from `t` order by sort_0 desc, sort_1 asc',
    );
  });

  it.each([
    [
      ['creation_timestamp'],
      "Invalid order by key 'creation_timestamp' specified. Valid keys are '{'name', 'timestamp'}'",
    ],
    [['name foo'], "Invalid ordering key in order_by clause 'name foo'."],
    [
      ['timestamp', 'last_updated_timestamp'],
      "`order_by` contains duplicate fields: ['timestamp', 'last_updated_timestamp']",
    ],
  ])('%j is refused', (clauses, message) => {
    expect(refusal(() => parseOrderBy(clauses, MODEL_SEARCH))).toBe(
      `INVALID_PARAMETER_VALUE: ${message}`,
    );
  });
});
