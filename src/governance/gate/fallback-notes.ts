import type { PassedOver } from '../evaluate/facts.js';
import type { Obligation } from '../evaluate/obligation.js';

/** What became of the stage that a version was archived from. */
export interface FallbackTold {
  /** Undefined where nothing serves there any more. */
  readonly version: number | undefined;
  readonly passedOver: readonly PassedOver[];
}

/** Sentences that fit into a feed; the audit log has all of them. */
const SPELT = 5;

/** @returns undefined where nothing was to take the place of another */
export function fallbackTold(obligations: readonly Obligation[]): FallbackTold | undefined {
  for (const one of obligations) {
    if (one.kind === 'promote_last_good') {
      return { version: one.version, passedOver: one.passed_over };
    }
    if (one.kind === 'leave_empty') return { version: undefined, passedOver: one.passed_over };
  }
  return undefined;
}

/** @returns what the feeds of the versions say: of the one that left, and of its successor */
export function fallbackNotes(
  { version: back, passedOver }: FallbackTold,
  left: number,
): ReadonlyMap<number, string> {
  const others = passedOver
    .slice(0, SPELT)
    .map(({ version, because }) => `version ${version} (${because})`);
  const rest = passedOver.length - others.length;
  const more = rest > 0 ? ` and ${rest} more` : '';
  const passed = others.length === 0 ? '' : ` Passed over: ${others.join(', ')}${more}.`;
  if (back === undefined) return new Map([[left, `Nothing serves in its place.${passed}`]]);
  return new Map([
    [left, `Version ${back} serves again in its place.${passed}`],
    [back, `It serves again, since version ${left} was archived.${passed}`],
  ]);
}
