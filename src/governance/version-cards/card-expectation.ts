import type { IncomingHttpHeaders } from 'node:http';
import { invalidParameter } from '../../errors.js';

/** Marks the digest of a card that waits for its review: the one that counts is another. */
export const PENDING = '-pending';

/**
 * Whether the newest card so far is the one that somebody has edited.
 *
 * @param digest undefined where there is no card that can be read
 */
export type CardExpectation = (digest: string | undefined) => boolean;

/**
 * What `If-Match` and `If-None-Match` say of the card that is to be there still: its digest, any at
 * all (`*`), or none yet. Tags that a proxy has weakened count too.
 *
 * @returns undefined where nothing is expected
 * @throws MlflowError 400 for conditions that say nothing about storing a card
 */
export function cardExpectation(headers: IncomingHttpHeaders): CardExpectation | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*' || match !== undefined) {
      throw invalidParameter("A card is stored with 'If-Match', or with 'If-None-Match: *' alone.");
    }
    return (digest) => digest === undefined;
  }
  if (match === undefined) return undefined;
  if (match.trim() === '*') return (digest) => digest !== undefined;
  const digests = match.split(',').map(digestIn);
  if (digests.includes('')) {
    throw invalidParameter("'If-Match' holds the ETag of the card that was edited.");
  }
  return (digest) => digest !== undefined && digests.includes(digest);
}

const digestIn = (tag: string): string =>
  tag.trim().replace(/^W\//, '').replaceAll('"', '').replace(PENDING, '');
