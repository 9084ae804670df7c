import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Schema } from '../../../src/platform/http/contract.js';
import type { Question } from '../support/ask.js';
import { fieldsOf, routes, type Samples, withField } from './contract-cases.js';
import { expectSafe, snapshot } from './rules.js';
import { makeSamples } from './samples.js';

const { ours } = inject('urls');

let samples: Samples = {};
beforeAll(async () => {
  samples = await makeSamples(ours);
});

/** Values that are never right for a field of this schema. */
function wrongFor({ type, enum: names }: Schema): readonly unknown[] {
  if (names !== undefined) return [[], {}, true, 99_999];
  switch (type) {
    case 'string':
      return [5, -1.5, true, [], ['x'], {}, { a: 1 }, [[[]]]];
    case 'integer':
      return ['x', '', '1.5', true, [], [1], {}, 1.5, 1e300, '99999999999999999999', '٣', ' 1'];
    case 'number':
      return ['x', '', '1_0', 'nan', [], [1], {}];
    case 'boolean':
      return ['x', '', 1, 0, [], {}, 'true'];
    case 'array':
      return ['x', 5, true, {}, { 0: 'x' }, [null]];
    case 'object':
      return ['x', 5, true, [], [{}]];
    default:
      return [];
  }
}

const questions = (route: (typeof routes)[number]): Question[] =>
  fieldsOf(route)
    .filter(({ where }) => where === 'body')
    .flatMap((field) =>
      wrongFor(field.schema).map((value) => withField(route, samples, field, value)),
    );

const withBody = routes.filter((route) => route.body !== undefined);

describe('values of the wrong type', () => {
  let before = '';
  beforeAll(async () => {
    before = await snapshot(ours);
  });
  it.each(withBody.map((route) => ({ name: `${route.method} ${route.path}`, route })))(
    '$name',
    async ({ route }) => {
      await expectSafe(ours, questions(route), ({ status }) => status >= 400);
    },
  );
  it('leave nothing behind', async () => {
    expect(await snapshot(ours)).toBe(before);
  });
});

describe('queries with odd values', () => {
  const QUERY = ['', 'x', '-1', '1e3', '99999999999999999999', '[]', '{}', 'null', 'NaN', '%'];
  // A stream answers for as long as somebody listens; its own tests try what it refuses.
  const endless = '/api/governance/v1/watch';
  const withQuery = routes.filter(
    ({ method, body, path }) => method === 'GET' && body === undefined && path !== endless,
  );
  it.each(withQuery.map((route) => ({ name: `${route.method} ${route.path}`, route })))(
    '$name',
    async ({ route }) => {
      const fields = fieldsOf(route).filter(({ where }) => where === 'query');
      await expectSafe(
        ours,
        fields.flatMap((field) => QUERY.map((value) => withField(route, samples, field, value))),
      );
    },
  );
});
