import {
  type ServerClient,
  ServerRefusal,
  type ServerRequest,
} from '../../platform/outgoing/server-client.js';
import { type Answer, parseAnswer } from './answer.js';
import type { StagingStore } from './staging.store.js';
import type { StagedRows } from './tables.js';

/** Requests that are under way at once. */
const AT_ONCE = 8;

/** What the parts of a reading share. */
export interface Reading {
  readonly client: Pick<ServerClient, 'text' | 'bytes'>;
  readonly staging: StagingStore;
  /** When it began: what is not told of deletions counts from then. */
  readonly began: number;
  /** Told how many rows of a kind have been read. */
  readonly told: (what: string, rows: number) => void;
}

/** One page of a list, and what asks for the next one. */
export interface AskedPage {
  readonly rows: StagedRows;
  readonly next: string | undefined;
  readonly count: number;
}

export async function ask(
  { client }: Pick<Reading, 'client'>,
  wanted: ServerRequest,
): Promise<Answer> {
  return parseAnswer(await client.text(wanted), wanted.path);
}

/** Whether a server of that release does not know such things at all. */
export const isUnknownThere = (error: unknown): boolean =>
  error instanceof ServerRefusal && [404, 405, 501].includes(error.status);

/**
 * Asks, or returns nothing from a server that doesn't know the path, or that tells such things to
 * others: then the report says so.
 */
export async function askIfKnown(
  reading: Pick<Reading, 'client'> & Partial<Pick<Reading, 'staging'>>,
  wanted: ServerRequest,
): Promise<Answer | undefined> {
  try {
    return await ask(reading, wanted);
  } catch (error) {
    if (isUnknownThere(error)) return undefined;
    const isForbidden = error instanceof ServerRefusal && error.status === 403;
    if (!isForbidden || reading.staging === undefined) throw error;
    reading.staging.note(`The server does not let this account read ${wanted.path}.`);
    return undefined;
  }
}

/** Reads a list from where an earlier reading has stopped, page by page. */
export async function readPages(
  { staging, told }: Reading,
  part: string,
  what: string,
  page: (token: string | undefined) => Promise<AskedPage>,
): Promise<void> {
  let place = staging.place(part);
  let count = 0;
  while (!place.isDone) {
    const { rows, next, count: more } = await page(place.after);
    // A server that gives the same token for ever would be read for ever.
    place = { after: next, isDone: next === undefined || next === place.after };
    staging.put(rows, part, place);
    count += more;
    told(`reading ${what}`, count);
  }
}

/** Does something for each of many, some of them at once, in their order. */
export async function inParallel<Item, Made>(
  items: readonly Item[],
  work: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      made[at] = await work(items[at] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return made;
}

/** The token of the next page; none is an empty text too. */
export const nextOf = (answer: Answer): string | undefined =>
  typeof answer.next_page_token === 'string' && answer.next_page_token !== ''
    ? answer.next_page_token
    : undefined;

/** The parameter of a page. */
export const tokenOf = (token: string | undefined): { page_token?: string } =>
  token === undefined ? {} : { page_token: token };
