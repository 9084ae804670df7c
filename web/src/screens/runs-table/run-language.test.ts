import { describe, expect, it } from 'vitest';
import { complete } from '../../shared/search/completion.ts';
import { runLanguage } from './run-language.ts';

const keys = runLanguage({
  metrics: ['loss', 'val loss'],
  params: ['rate'],
  tags: ['team', 'mlflow.user'],
});
const texts = (filter: string) =>
  complete(filter, filter.length, keys).suggestions.map(({ text }) => text);

describe('completion of a filter', () => {
  it.each([
    ['metrics.lo', ['metrics.loss']],
    ['metrics.`val', ['metrics.`val loss`']],
    ['metrics.loss ', ['>', '>=', '<', '<=', '=', '!=']],
    ['params.rate ', ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL']],
    ['metrics.loss < ', []],
    ["attributes.status = 'FIN", ["'FINISHED'"]],
    ['metrics.loss < 1 ', ['AND']],
    ['tags.team IS NOT NULL ', ['AND']],
    ["metrics.loss < 1 AND params.rate = 'a b' AND tags.te", ['tags.team']],
  ])('after %s', (filter, expected) => {
    expect(texts(filter)).toEqual(expected);
  });

  it('takes the place of the word that was begun', () => {
    expect(complete('a = 1 AND metrics.lo', 20, keys).from).toBe(10);
  });
});
