/** What a right may be for, beyond MLflow's levels. Source: governance 2.8. */
export const RIGHT_ACTIONS = [
  'transition',
  'alias_set',
  'alias_delete',
  'approve',
  'rollback',
  'break_glass',
  'audit',
] as const;

export type RightAction = (typeof RIGHT_ACTIONS)[number];

/** A right of a role. Patterns may hold `*`, which stands for any text. */
export interface Right {
  readonly action: RightAction;
  readonly model_pattern: string;
  /** Of transitions: a stage or `*`. */
  readonly from_stage: string;
  readonly to_stage: string;
  /** Of aliases. */
  readonly alias_pattern: string;
}

/** Something that takes a right. */
export interface RightfulDeed {
  readonly action: RightAction;
  readonly model?: string;
  readonly from?: string;
  readonly to?: string;
  readonly alias?: string;
}

/** Whether one of the rights names this deed. */
export const isGranted = (rights: readonly Right[], deed: RightfulDeed): boolean =>
  rights.some(
    (right) =>
      right.action === deed.action &&
      matches(right.model_pattern, deed.model ?? '') &&
      matches(right.from_stage, deed.from ?? '') &&
      matches(right.to_stage, deed.to ?? '') &&
      // Aliases that differ in case alone stand for the same thing to whoever reads them.
      matches(right.alias_pattern.toLowerCase(), (deed.alias ?? '').toLowerCase()),
  );

/**
 * Whether a text fits a pattern, in time that grows with their lengths alone.
 *
 * @param pattern in which `*` stands for any text, and nothing else for anything but itself
 */
export function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
