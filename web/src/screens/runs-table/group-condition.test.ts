import { expect, it } from 'vitest';
import { groupFilter } from './group-condition.ts';

it.each([
  ['', 'tags.team', 'north', "tags.team = 'north'"],
  ["params.a = '1'", 'tags.team', undefined, "params.a = '1'\nAND tags.team IS NULL"],
  ['', 'tags.a b', "it's", 'tags.`a b` = "it\'s"'],
  ['', 'params.x', `'"`, `params.x LIKE '_"'`],
  ['', 'params.x', 'C:\\', "params.x LIKE 'C:_'"],
  ['', 'tags.a`b', '', 'tags."a`b" = \'\''],
])('%s with %s of %s is %s', (filter, group, value, expected) => {
  expect(groupFilter(filter, group, value)).toBe(expected);
});
