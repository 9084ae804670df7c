import { describe, expect, it } from 'vitest';
import { DATASET_SEARCH } from '../../evaluation/datasets/datasets.search.js';
import { MODEL_SEARCH } from '../../registry/models/models.search.js';
import { VERSION_SEARCH } from '../../registry/versions/versions.search.js';
import { EXPERIMENT_SEARCH } from '../../tracking/experiments/experiments.search.js';
import {
  loggedModelSearch,
  parseLoggedModelOrder,
} from '../../tracking/logged-models/logged-models.search.js';
import { RUN_SEARCH } from '../../tracking/runs/runs.search.js';
import { parseFilter } from './filter.js';
import type { Comparison, FieldRules, Keys, Language, Operator } from './language.js';
import { type OrderLanguage, parseOrderBy, type SortTerm } from './order-by.js';
import { everySearch } from './testing/every-search.js';
import { refusal } from './testing/refusal.js';

/** Traces are apart: what their keys mean is told by functions, and no list has them all. */
type Entity = Exclude<Parameters<typeof everySearch>[0], 'traces'>;

/**
 * The searches that are asked of a stock server as well (compat-tests/differential) come from
 * `everySearch`. Here each vocabulary is held against them, so that a field, an operator or an
 * order that is new can't stay out of that comparison.
 */
const VOCABULARIES: Readonly<Record<Entity, { language: Language; order?: OrderLanguage }>> = {
  runs: RUN_SEARCH,
  experiments: EXPERIMENT_SEARCH,
  models: MODEL_SEARCH,
  versions: VERSION_SEARCH,
  loggedModels: loggedModelSearch([]),
  evaluationDatasets: DATASET_SEARCH,
};
const ENTITIES = Object.keys(VOCABULARIES) as Entity[];

interface Accepted extends Comparison {
  readonly filter: string;
}

function acceptedOf(entity: Entity): Accepted[] {
  const vocabulary = VOCABULARIES[entity];
  return everySearch(entity).flatMap(({ filter }) => {
    if (refusal(() => parseFilter(filter, vocabulary)) !== 'accepted') return [];
    return parseFilter(filter, vocabulary).map((comparison) => ({ filter, ...comparison }));
  });
}

/** Every name of every field with its rules; a kind of field that takes any key has no name. */
function namesOf(keys: Keys): { alias: string; rules: FieldRules }[] {
  if ('any' in keys) return [{ alias: '', rules: keys.any }];
  if ('known' in keys) return [...keys.known].map(([alias, { rules }]) => ({ alias, rules }));
  throw new Error('The keys of this entity are told by a function');
}

const mentions = (text: string, alias: string): boolean =>
  alias === '' || new RegExp(`(?:^|[.\`"' ])${alias}(?:[\`"' ]|$)`).test(text);

describe.each(ENTITIES)('the searches for %s', (entity) => {
  const { language, order } = VOCABULARIES[entity];
  const accepted = acceptedOf(entity);

  it('have every field with every operator that it takes', () => {
    const missing = [...language.keys].flatMap(([kind, keys]) =>
      namesOf(keys).flatMap(({ alias, rules }) => {
        const takes = (operator: Operator) =>
          !operator.endsWith('IN') || rules.lists === true || rules.lists === undefined;
        return rules.operators
          .filter(takes)
          .filter(
            (operator) =>
              !accepted.some(
                (one) =>
                  one.entity === kind && one.operator === operator && mentions(one.filter, alias),
              ),
          )
          .map((operator) => `${kind}.${alias} ${operator}`);
      }),
    );
    expect(missing).toEqual([]);
  });

  it('have keys and values in every way of quoting', () => {
    for (const [kind, keys] of language.keys) {
      if (!('any' in keys)) continue;
      const filters = accepted.filter((one) => one.entity === kind).map(({ filter }) => filter);
      for (const spelling of [/^[^.]+\.\w/, /^[^.]+\.`[^`]+`/, /^[^.]+\."[^"]+"/]) {
        expect(
          filters.some((filter) => spelling.test(filter)),
          `${kind} ${spelling}`,
        ).toBe(true);
      }
    }
    const values = accepted.map(({ filter }) => filter.trim().at(-1));
    expect(values).toEqual(expect.arrayContaining(["'"]));
    const lists = accepted.filter(({ operator }) => operator === 'IN');
    if (lists.length > 0) expect(lists.some(({ value }) => [value].flat().length > 1)).toBe(true);
  });

  it('have every prefix, and keys that must be quoted', () => {
    for (const [kind, keys] of language.keys) {
      if (!('any' in keys)) continue;
      const own = accepted.filter((one) => one.entity === kind);
      expect(
        own.some(({ key }) => /[ /-]/.test(key)),
        kind,
      ).toBe(true);
      expect(
        own.some(({ key }) => key.includes('.')),
        kind,
      ).toBe(true);
    }
  });

  it('have every field to sort by, in both directions', () => {
    const clauses = everySearch(entity).flatMap(({ order_by }) => order_by);
    const sorted = clauses.flatMap((clause) =>
      termOf(clause, order).map((term) => ({ clause, term })),
    );
    const kinds: Iterable<readonly [string, Keys]> =
      order === undefined ? [['attribute', language.keys.get('attribute') as Keys]] : order.keys;
    const missing = [...kinds].flatMap(([kind, keys]) => {
      if (order?.refused.has(kind) || kind === 'dataset') return [];
      return namesOf(keys).flatMap(({ alias }) =>
        [true, false]
          .filter(
            (ascending) =>
              !sorted.some(
                ({ clause, term }) =>
                  term.entity === kind && term.ascending === ascending && mentions(clause, alias),
              ),
          )
          .map((ascending) => `${kind}.${alias} ${ascending ? 'ASC' : 'DESC'}`),
      );
    });
    expect(missing).toEqual([]);
    for (const direction of [/\w$/, / ASC$/, / DESC$/, / asc$/, / desc$/]) {
      expect(clauses.some((clause) => direction.test(clause))).toBe(true);
    }
  });
});

/** The term of an accepted clause; logged models are sorted by objects. */
function termOf(clause: string, order: OrderLanguage | undefined): SortTerm[] {
  const read = (): SortTerm[] => {
    if (order !== undefined) return parseOrderBy([clause], { order });
    const [name = '', direction = 'asc'] = clause.split(' ');
    const ascending = direction.toLowerCase() === 'asc';
    return parseLoggedModelOrder([{ field_name: name, ascending }]);
  };
  return refusal(read) === 'accepted' ? read() : [];
}
