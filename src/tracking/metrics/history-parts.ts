import type { PointKey } from './metrics.store.js';

/** Points as JSON, and the last of them where more may follow. */
interface Part {
  readonly list: string;
  readonly last: PointKey | undefined;
}

/**
 * Prints a history part by part; the next one is read while the one before is on its way. Points are
 * only ever added, so all that were there when the first part was read are shown, and of those that
 * come meanwhile some.
 */
export async function* inParts(
  first: Part,
  next: (last: PointKey) => Promise<Part>,
): AsyncGenerator<string> {
  let before = '{"metrics":[';
  for (let part = first; ; ) {
    const following = part.last && next(part.last);
    // It is heard of when it is waited for, unless the client has gone away by then.
    following?.catch(() => undefined);
    if (part.list !== '') {
      yield `${before}${part.list}`;
      before = ',';
    }
    if (following === undefined) break;
    part = await following;
  }
  yield before === ',' ? ']}' : `${before}]}`;
}
