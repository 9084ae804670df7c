import { MlflowError } from '../../errors.js';

const MIB = 1024 * 1024;

/** What stores take in one part, and hold at least in all parts but the last. */
const PART_BYTES = 8 * MIB;

/** The most parts that a store takes. */
const MOST_PARTS = 10_000;

/** After so many parts they double: few files are so large, and a store takes only so many. */
const DOUBLED_AFTER = 2_500;

const FIRST_BYTES = 64 * 1024;

/** What the content itself failed by, told from what the store failed by. */
export class ContentError extends Error {
  constructor(cause: unknown) {
    super('The content broke off', { cause });
  }
}

/**
 * Cuts content into parts, all of them full but the last. Memory holds one of them here; each that
 * is taken is the taker's.
 *
 * @throws ContentError with what the content threw
 * @throws MlflowError 413 for content that no store holds in one object
 */
export async function* pieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let number = 1;
  let limit = sizeOf(number);
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let used = 0;
  for await (const chunk of explained(content)) {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, limit - used);
      buffer = withRoom(buffer, used, used + taken.length, limit);
      buffer.set(taken, used);
      used += taken.length;
      rest = rest.subarray(taken.length);
      if (used < limit) continue;
      yield buffer;
      number += 1;
      if (number > MOST_PARTS) throw tooLarge();
      limit = sizeOf(number);
      buffer = Buffer.allocUnsafeSlow(limit);
      used = 0;
    }
  }
  yield buffer.subarray(0, used);
}

const sizeOf = (number: number): number =>
  PART_BYTES * 2 ** Math.floor((number - 1) / DOUBLED_AFTER);

/** Small files are many; none of them takes the memory of a whole part. */
function withRoom(
  buffer: Buffer<ArrayBuffer>,
  used: number,
  needed: number,
  limit: number,
): Buffer<ArrayBuffer> {
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(needed, 4 * buffer.length)));
  larger.set(buffer.subarray(0, used));
  return larger;
}

async function* explained(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw new ContentError(error);
  }
}

const tooLarge = (): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', 'The file is larger than the storage takes', {
    status: 413,
  });
