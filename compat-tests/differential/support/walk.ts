import { ask, type Question } from './ask.js';
import { type Comparable, comparable, compareComparables } from './compare.js';
import { at, type Pair, type Side } from './pair.js';

/** A search whose pages are turned to the end. */
export interface Search {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Members of the body, or of the query. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The member of the answer that holds what was found. */
  readonly list: string;
  /** The ids of the entities, which differ, decide over the order: compare it without one. */
  readonly orderedByIds?: boolean;
  /** The ids decide over what is found: compare whether it is accepted at all. */
  readonly foundByIds?: boolean;
}

const MAX_PAGES = 60;

/** Asks both servers for every page, and compares them one by one. */
export async function compareSearch(pair: Pair, search: Search): Promise<void> {
  const [stock, ours] = await Promise.all([
    walk(pair, search, 'stock'),
    walk(pair, search, 'ours'),
  ]);
  const question = questionOf(search);
  // Where one refuses what the other answers, there is nothing to compare behind it.
  const isOne = search.orderedByIds || search.foundByIds || stock[0]?.status !== ours[0]?.status;
  const count = isOne ? 1 : Math.max(stock.length, ours.length);
  for (let index = 0; index < count; index += 1) {
    const [one, other] = [stock[index], ours[index]];
    const about = { ...question, path: `${question.path} (page ${index + 1} of ${count})` };
    compareComparables(about, one ?? NO_PAGE, other ?? NO_PAGE);
  }
}

const NO_PAGE: Comparable = { status: 0, type: '', body: 'no such page' };

function questionOf({ method, path, fields }: Search, token?: string): Question {
  const all = token === undefined ? fields : { ...fields, page_token: token };
  if (method === 'POST') return { method, path, body: all };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) {
    for (const item of [value].flat()) query.append(name, String(item));
  }
  return { method, path: `${path}?${query}` };
}

/** Stock leads from a full page to an empty one, in some searches: the same as no token. */
function dropEmptyEnd(pages: Comparable[], { list }: Search): void {
  const [before, last] = pages.slice(-2);
  if (before === undefined || last === undefined || last.status !== 200) return;
  if (at(last.body, list) !== undefined || typeof before.body !== 'object') return;
  const { next_page_token: _, ...body } = before.body as Record<string, unknown>;
  pages.splice(-2, 2, { ...before, body });
}

async function walk(pair: Pair, search: Search, side: Side): Promise<Comparable[]> {
  const pages: Comparable[] = [];
  let token: string | undefined;
  do {
    const answer = await ask(pair.urls[side], pair.spell(questionOf(search, token), side));
    pages.push(comparable(pair, side, answer));
    const next = at(answer.json, 'next_page_token');
    token = typeof next === 'string' && next !== '' ? next : undefined;
  } while (token !== undefined && pages.length < MAX_PAGES);
  dropEmptyEnd(pages, search);
  const [first] = pages;
  if (first === undefined || first.status !== 200) return pages;
  if (search.foundByIds) return [{ ...first, body: '<depends on ids>' }];
  if (!search.orderedByIds) return pages;
  const found = pages.flatMap(({ body }) => (at(body, search.list) as unknown[] | undefined) ?? []);
  const sorted = found.map((item) => JSON.stringify(item)).toSorted();
  return [{ ...first, body: sorted }];
}
