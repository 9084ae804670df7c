import type { Reader } from '../../platform/db/database.js';
import { integrityViolations } from '../evaluate/evidence.js';
import type { FallbackFacts, PassedOver, VersionFacts } from '../evaluate/facts.js';
import type { Profile } from '../policy/profile.js';
import type { GateParts } from './gate-parts.js';
import type { ServedBefore } from './served.store.js';

/** A version whose files and card were looked at, and why it can't serve again, if it can't. */
export interface LookedAt extends PassedOver {
  /** What its evidence was read from. */
  readonly mark: string | undefined;
}

type Looking = Pick<GateParts, 'served' | 'facts'>;

/** The version that leaves, and the stage that it leaves. */
export interface Leaving {
  readonly model: number;
  readonly name: string;
  readonly stage: string;
  readonly version: number;
}

/**
 * Walks back through the versions that served before, the last first, to the first that may serve
 * again. That reads all files of those that it looks at, so it is done before the transaction.
 */
export async function lookBack(
  { served, facts }: Looking,
  reader: Reader,
  { model, name, stage, version }: Leaving,
  profile: Profile,
): Promise<readonly LookedAt[]> {
  const looked: LookedAt[] = [];
  for (const before of await served.before(reader, { model, stage, version })) {
    if (standing(before) !== '') continue;
    const found = await facts.factsOf(reader, name, before.version);
    const because = await unfit(facts, reader, found, profile);
    looked.push({ version: before.version, because, mark: found.mark });
    if (because === '') break;
  }
  return looked;
}

/**
 * @returns which version takes the place of one that leaves, and why others don't; under the lock,
 *   by what was looked at before it
 */
export async function fallbackOf(
  { served, facts }: Looking,
  reader: Reader,
  leaving: Leaving,
  looked: readonly LookedAt[],
): Promise<FallbackFacts> {
  const passedOver: PassedOver[] = [];
  for (const { version, ...before } of await served.before(reader, leaving)) {
    const known = looked.find((one) => one.version === version);
    const because = standing(before) || known?.because;
    if (because !== undefined && because !== '') {
      passedOver.push({ version, because });
      continue;
    }
    const isLookedAt =
      known !== undefined &&
      (known.mark === undefined ||
        known.mark === (await facts.markOf(reader, leaving.model, version)));
    return { version, isLookedAt, passedOver };
  }
  return { isLookedAt: true, passedOver };
}

/** @returns why a version can't come back as things are stored; nothing where it can */
function standing({
  stage,
  leftBecause,
  isQuarantined,
  isApproved,
}: Omit<ServedBefore, 'version'>): string {
  if (stage === 'Deleted_Internal') return 'it was deleted';
  if (isQuarantined) return 'it is quarantined';
  if (stage !== 'Archived') return `it is in the stage ${stage}`;
  if (leftBecause === 'rolled_back') return 'it was rolled back';
  if (leftBecause !== 'replaced') return 'it was taken out without another in its place';
  return isApproved ? '' : 'nobody has approved it';
}

/** Files that have changed are not what was approved, and a card that has ended promotes nothing. */
async function unfit(
  facts: Looking['facts'],
  reader: Reader,
  found: VersionFacts,
  profile: Profile,
): Promise<string> {
  const [broken] = integrityViolations(found);
  if (broken !== undefined) return broken.message.replace(/\.$/, '');
  if (!profile.card.required) return '';
  const card = await facts.cardIfBack(reader, found.model, found.version);
  return card.expiry?.expired === true ? 'its model card has expired' : '';
}
