import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.js';
import { toConfig } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { type Contract, loadContract, type Route, type Schema } from './platform/http/contract.js';
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

/** Texts of a message itself. */
const textsOf = (of: Contract, schema: Schema): [string, number | undefined][] =>
  Object.entries(of.resolve(schema).properties ?? {}).flatMap(([name, field]) => {
    const known = of.resolve(field);
    const isText = known.type === 'string' && known.enum === undefined;
    return isText ? [[name, known.maxLength] as [string, number | undefined]] : [];
  });

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
      for (const route of routes) {
        const message = plain(route.body) as Record<string, unknown>;
        for (const [name, most = 1_000_000] of textsOf(contract, route.body ?? {})) {
          const { status, body } = await ask(pathOf(route), {
            method: route.method,
            json: { ...message, [name]: text },
          });
          const isKept = status < 400 && length > most;
          const isOurs = status >= 500 && status !== 501;
          if (isKept || isOurs)
            broken.push(`${route.operation} ${name}: ${status} ${body.slice(0, 200)}`);
        }
      }
      expect(broken).toEqual([]);
    }, 120_000);
  });
});
