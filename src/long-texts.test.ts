import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.js';
import { toConfig } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { loadContract, type Route, type Schema } from './platform/http/contract.js';
import { serve } from './platform/http/testing/serve.js';
import { createLog } from './platform/log.js';
import { forEachDatabase } from './testing/for-each-database.js';

/** Beyond the bound of every text, and beyond what an index of PostgreSQL takes. */
const LENGTHS = [2_000_000, 20_000];

const contract = loadContract();

/** A message with a text for each field that needs one, made from the contract. */
function plain(schema: Schema | undefined, depth = 0): unknown {
  const known = contract.resolve(schema ?? {});
  if (known.enum !== undefined) return known.enum[0];
  if (known.type === 'integer' || known.type === 'number') return 1;
  if (known.type === 'boolean') return false;
  if (known.type === 'array') return depth > 3 ? [] : [plain(known.items, depth + 1)];
  if (known.type !== 'object') return '1';
  const fields = Object.entries(known.properties ?? {});
  return depth > 3
    ? {}
    : Object.fromEntries(fields.map(([name, field]) => [name, plain(field, depth + 1)]));
}

/** A place of a text in a message: where it stands, how long it may be, and the message with it. */
interface Place {
  readonly at: string;
  readonly most: number;
  with(text: string): unknown;
}

const MOST = 1_000_000;

/** Texts of a message, also those in its lists, its maps and what may be anything; keys as well. */
function placesOf(schema: Schema | undefined, depth = 0): Place[] {
  const known = contract.resolve(schema ?? {});
  if (depth > 5 || known.enum !== undefined) return [];
  if (known.type === 'string') {
    return [{ at: '', most: known.maxLength ?? MOST, with: (text) => text }];
  }
  if (known.type === 'array') {
    return within(placesOf(known.items, depth + 1), '[]', (item) => [item]);
  }
  if (known.type === undefined) return [{ at: '', most: MOST, with: (text) => ({ text: [text] }) }];
  if (known.type !== 'object') return [];
  if (known.properties === undefined) {
    const { additionalProperties: values } = known;
    const inside = placesOf(typeof values === 'object' ? values : {}, depth + 1);
    const key = { at: '.KEY', most: MOST, with: (text: string) => ({ [text]: 'x' }) };
    return [key, ...within(inside, '.*', (value) => ({ key: value }))];
  }
  const plainly = plain(known, depth) as Record<string, unknown>;
  return Object.entries(known.properties).flatMap(([name, field]) =>
    within(placesOf(field, depth + 1), `.${name}`, (value) => ({ ...plainly, [name]: value })),
  );
}

const within = (places: readonly Place[], step: string, wrap: (inner: unknown) => unknown) =>
  places.map(
    (place): Place => ({
      at: `${step}${place.at}`,
      most: place.most,
      with: (text) => wrap(place.with(text)),
    }),
  );

const routes = contract.routes.filter(
  ({ method, body, streams }) => method !== 'GET' && body !== undefined && !streams,
);

const pathOf = (route: Route) => route.path.replace(/\{\w+\}/g, '1');

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  describe.each(LENGTHS)('a text of %d characters', (length) => {
    it('is refused or has room in every field, and breaks nothing', async () => {
      const config = toConfig({ artifactsDestination: '.' });
      const ask = await serve(await createApp(config, database, createLog('silent')));
      const broken: string[] = [];
      const text = 'x'.repeat(length);
      const tried = new Set<string>();
      for (const route of routes) {
        for (const { at, most, with: withText } of placesOf(route.body)) {
          // A message inside of many is read in the same way in each: once is enough.
          const isInside = at.indexOf('.', 1) !== -1 && length > MOST;
          if (isInside && tried.has(at)) continue;
          tried.add(at);
          const { status, body } = await ask(pathOf(route), {
            method: route.method,
            json: withText(text),
          });
          const isKept = status < 400 && length > most;
          const isOurs = status >= 500 && status !== 501;
          if (isKept || isOurs)
            broken.push(`${route.operation} ${at}: ${status} ${body.slice(0, 200)}`);
        }
      }
      expect(broken).toEqual([]);
    }, 120_000);
  });
});
