import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import type { Page, SearchRequest } from './search.js';
import { type Registry, registryOn } from './testing/registry-on.js';

const PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' };

const request = (wish: Partial<SearchRequest>): SearchRequest => ({
  filter: undefined,
  orderBy: undefined,
  pageToken: undefined,
  maxResults: 100,
  ...wish,
});

/** Follows the tokens to the last page. @returns the rows of each page */
async function pagesOf<Row>(
  search: (wish: SearchRequest) => Promise<Page<Row>>,
  wish: Partial<SearchRequest>,
): Promise<(readonly Row[])[]> {
  const pages: (readonly Row[])[] = [];
  let pageToken: string | undefined;
  do {
    const page = await search(request({ ...wish, pageToken }));
    pages.push(page.rows);
    pageToken = page.token;
  } while (pageToken !== undefined);
  return pages;
}

forEachDatabase((open) => {
  let database: Database;
  let registry: Registry;
  beforeAll(async () => {
    database = await open();
    registry = registryOn(database);
    for (const name of ['b', 'a', 'c']) {
      await registry.models.create(name, '', [{ key: 'k', value: name }], BY_TESTER);
    }
    await registry.models.create('prompt', '', [PROMPT], BY_TESTER);
    for (const name of ['a', 'b', 'a', 'a']) {
      await registry.createVersion(name, { tags: [{ key: 'vk', value: 'v' }] });
    }
    await registry.createVersion('prompt', { source: 'dummy-source', tags: [PROMPT] });
    await registry.aliases.set('a', 'best', '2', BY_TESTER);
    await registry.versions.delete('a', '3', BY_TESTER);
  });

  const models = (wish: SearchRequest) => registry.modelStore.search(wish);
  const versions = (wish: SearchRequest) => registry.versionStore.search(wish);
  const names = async (wish: Partial<SearchRequest>) =>
    (await models(request(wish))).rows.map(({ name }) => name);
  const keys = async (wish: Partial<SearchRequest>) =>
    (await versions(request(wish))).rows.map(({ name, version }) => `${name} ${version}`);

  describe('searching models', () => {
    it('finds them by name, prompts apart, each as it is when read alone', async () => {
      const { rows, token } = await models(request({}));
      expect(rows.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
      expect(token).toBeUndefined();
      for (const row of rows)
        expect(row).toEqual(await registry.models.get(database.read, row.name));
    });

    it('goes by filter and order', async () => {
      expect(await names({ filter: "name != 'b'", orderBy: ['name DESC'] })).toEqual(['c', 'a']);
      expect(await names({ filter: "tags.k ILIKE 'B'" })).toEqual(['b']);
      expect(await names({ orderBy: ['timestamp DESC'] })).toEqual(['a', 'b', 'c']);
      expect(await names({ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" })).toEqual([
        'prompt',
      ]);
    });

    it('pages without losing or repeating one', async () => {
      const pages = await pagesOf(models, { maxResults: 2, orderBy: ['timestamp'] });
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['c', 'b'], ['a']]);
    });

    it('finds nothing where nothing is asked for', async () => {
      expect(await models(request({ maxResults: 0 }))).toEqual({ rows: [], token: undefined });
      expect(await models(request({ maxResults: -5n }))).toEqual({ rows: [], token: undefined });
    });

    it('refuses a token of another search', async () => {
      const { token } = await models(request({ maxResults: 1 }));
      expect(token).toBeDefined();
      const other = request({ filter: "name = 'a'", pageToken: token });
      await expect(models(other)).rejects.toThrow('Invalid page token');
    });
  });

  describe('searching versions', () => {
    it('finds the last changed first, without deleted ones and prompts', async () => {
      expect(await keys({})).toEqual(['a 2', 'b 1', 'a 1']);
      expect(await keys({ filter: "name = 'prompt'" })).toEqual([]);
    });

    it('shows them as they are, but for aliases', async () => {
      const [found] = (await versions(request({ filter: "name = 'a'" }))).rows;
      const { aliases, ...alone } = await registry.versions.get(database.read, 'a', '2');
      expect(found).toEqual(alone);
      expect(aliases).toEqual(['best']);
    });

    it('goes by filter and order', async () => {
      const filter = "name IN ('a', 'b') AND version_number < 2 AND tags.vk = 'v'";
      expect(await keys({ filter, orderBy: ['name DESC'] })).toEqual(['b 1', 'a 1']);
    });

    it('pages without losing or repeating one', async () => {
      const pages = await pagesOf(versions, { maxResults: 1, orderBy: ['name'] });
      const found = pages.flat().map(({ name, version }) => `${name} ${version}`);
      expect(found).toEqual(['a 2', 'a 1', 'b 1']);
    });
  });
});
