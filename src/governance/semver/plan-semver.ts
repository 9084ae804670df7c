import { compare, inc, parse, prerelease, valid } from 'semver';
import type { Violation } from '../evaluate/violation.js';
import type { Mode, Profile } from '../policy/profile.js';
import type { Bump, BumpReason } from './bump.js';

/** A version of the model that is numbered already. */
export interface NumberedVersion {
  readonly version: number;
  readonly semver: string;
}

export interface SemverQuestion {
  readonly model: string;
  readonly existing: readonly NumberedVersion[];
  /** The tag `semver.base`: what a hot-fix counts from. */
  readonly base?: string | undefined;
  /** What the client proposes. */
  readonly proposed?: string | undefined;
  /** The version that has the very same files, if one has. */
  readonly copyOf?: number | undefined;
  /** From the base on; undefined for the first version. */
  readonly bump: Bump | undefined;
  readonly mode: Mode;
  readonly prereleaseUntil: Profile['semver']['prerelease_until'];
}

export interface SemverPlan {
  /** Missing for a copy of another version. */
  readonly semver: string | undefined;
  readonly base: string | undefined;
  readonly duplicateOf?: number;
  readonly reasons: readonly BumpReason[];
  /** What was made of a proposal that could not be taken. */
  readonly note?: string;
  /** In `enforce`, where the proposal could not be taken. */
  readonly violation?: Violation;
}

const FIRST = '1.0.0';
const LEAST: Bump = { level: 'patch', reasons: [] };

/** @returns the version that the next one counts from: the one that is named, else the highest */
export function baseOf(
  existing: readonly NumberedVersion[],
  named: string | undefined,
): NumberedVersion | undefined {
  if (named !== undefined) return existing.find(({ semver }) => semver === named.trim());
  let best: { readonly found: NumberedVersion; readonly core: Core } | undefined;
  for (const found of existing) {
    if (found.semver.includes('-')) continue;
    const core = found.semver.split('.').map(Number) as unknown as Core;
    if (best === undefined || isAbove(core, best.core)) best = { found, core };
  }
  return best?.found;
}

type Core = readonly [major: number, minor: number, patch: number];

/** What is kept is in its plain form, and a model may have thousands: no need to parse each. */
const isAbove = (one: Core, other: Core): boolean =>
  one[0] !== other[0]
    ? one[0] > other[0]
    : one[1] !== other[1]
      ? one[1] > other[1]
      : one[2] > other[2];

/**
 * Whether a text is a semantic version as it is kept: no `v` before it, no build behind it, and no
 * number in it that could not be counted on from.
 */
export const isSemver = (text: string): boolean =>
  text.length <= 100 && !TOO_LARGE.test(text) && valid(text) === text;

/** Numbers of more than fifteen digits come too close to where adding one changes nothing. */
const TOO_LARGE = /(?:^|[.-])\d{16,}(?:$|[.-])/;

/** Numbers the next version, by the client's proposal if that is large enough. */
export function planSemver(question: SemverQuestion): SemverPlan {
  const { bump, existing, proposed, copyOf } = question;
  const base = baseOf(existing, question.base);
  const reasons = bump?.reasons ?? [
    { level: 'major', code: 'first', message: 'It is the first version.' } satisfies BumpReason,
  ];
  if (question.base !== undefined && base === undefined) {
    const message = `The tag semver.base names ${quoted(question.base)}, which no version has.`;
    return corrected({ ...question, base: undefined }, 'SEMVER_INVALID', message);
  }
  if (copyOf !== undefined) {
    const message = `All files are those of version ${copyOf}.`;
    const copied: BumpReason = { level: 'none', code: 'duplicate', message };
    return { semver: undefined, base: base?.semver, duplicateOf: copyOf, reasons: [copied] };
  }
  if (base !== undefined && bump?.level === 'none') {
    return { semver: undefined, base: base.semver, duplicateOf: base.version, reasons };
  }
  const computed = nextFree(question, base);
  const plan = { semver: computed, base: base?.semver, reasons };
  if (proposed === undefined) return plan;
  const refusal = refusalOf(question, base, proposed);
  if (refusal === undefined) return { ...plan, semver: proposed };
  const { reason, message } = refusal;
  return corrected({ ...question, proposed: undefined }, reason, message);
}

/** Denied where rules are enforced; elsewhere numbered without what was wrong, with a note. */
function corrected(
  question: SemverQuestion,
  reason: SemverRefusal['reason'],
  message: string,
): SemverPlan {
  const plan = planSemver(question);
  const instead = plan.semver === undefined ? '' : ` It is numbered ${plan.semver} instead.`;
  const noted = { ...plan, note: [plan.note, `${message}${instead}`].filter(Boolean).join(' ') };
  if (question.mode !== 'enforce') return noted;
  const remedy = `client.create_model_version(name, source, run_id, tags={"semver": ${quoted(plan.semver ?? FIRST)}})`;
  const metadata = { model: question.model, semver: plan.semver ?? '' };
  return { ...noted, violation: { reason, message, remedy, metadata } };
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));

/** Why a proposal can't be taken. */
export interface SemverRefusal {
  readonly reason: 'SEMVER_INVALID' | 'SEMVER_NOT_GREATER';
  readonly message: string;
}

/** @returns the message of a registration that has failed for its number */
export const refusalText = ({
  reason,
  message,
}: {
  readonly reason: string;
  readonly message: string;
}): string => `${reason}: ${message}`;

/** @returns what {@link refusalText} was made of; undefined for other messages, and for none */
export function refusalIn(text: string | null | undefined): SemverRefusal | undefined {
  const [, reason, message] = /^(SEMVER_INVALID|SEMVER_NOT_GREATER): (.*)$/s.exec(text ?? '') ?? [];
  if (reason === undefined || message === undefined) return undefined;
  return { reason: reason as SemverRefusal['reason'], message };
}

/** How far a version is from the one that it counts from. */
export interface Step {
  readonly base: string;
  readonly bump: Bump;
}

/**
 * What is wrong with a proposal, so that it is told before there is a version.
 *
 * @param step what the files say; without it, what is wrong whatever lies in them
 */
export function refuseProposal(
  existing: readonly NumberedVersion[],
  named: string | undefined,
  proposed: string | undefined,
  step?: Step,
): SemverRefusal | undefined {
  const base = baseOf(existing, named);
  if (named !== undefined && base === undefined) {
    const message = `The tag semver.base names ${quoted(named)}, which no version has.`;
    return { reason: 'SEMVER_INVALID', message };
  }
  if (proposed === undefined) return undefined;
  // Another version may have been numbered since the files were looked at.
  const bump = step !== undefined && step.base === base?.semver ? step.bump : LEAST;
  return refusalOf({ existing, bump }, base, proposed);
}

function refusalOf(
  { existing, bump }: Pick<SemverQuestion, 'existing' | 'bump'>,
  base: NumberedVersion | undefined,
  proposed: string,
): SemverRefusal | undefined {
  if (!isSemver(proposed)) {
    const message = `${quoted(proposed)} is not a semantic version such as 1.2.0 or 2.0.0-rc.1.`;
    return { reason: 'SEMVER_INVALID', message };
  }
  const taken = existing.find(({ semver }) => semver === proposed);
  if (taken !== undefined) {
    const message = `${proposed} is the number of version ${taken.version} already.`;
    return { reason: 'SEMVER_NOT_GREATER', message };
  }
  if (base === undefined) return undefined;
  if (compare(proposed, base.semver) <= 0) {
    const message = `${proposed} is not greater than ${base.semver}, which it counts from.`;
    return { reason: 'SEMVER_NOT_GREATER', message };
  }
  const least = stepFrom(base.semver, bump);
  if (compare(coreOf(proposed), least) >= 0) return undefined;
  const why = bump?.reasons.find(({ level }) => level === bump.level)?.message ?? '';
  const message = `${proposed} is too small a step from ${base.semver}: it has to be ${least} at least. ${why}`;
  return { reason: 'SEMVER_NOT_GREATER', message: message.trim() };
}

const stepFrom = (base: string, bump: Bump | undefined): string => {
  const level = bump?.level ?? 'major';
  return inc(base, level === 'none' ? 'patch' : level) ?? base;
};

/** A candidate of 2.0.0 is as large a step as 2.0.0 itself. */
function coreOf(semver: string): string {
  const parts = parse(semver);
  return parts === null ? semver : `${parts.major}.${parts.minor}.${parts.patch}`;
}

/** The next number that no other version has; a hot-fix may find the first ones taken. */
function nextFree(
  { existing, bump, prereleaseUntil }: SemverQuestion,
  base: NumberedVersion | undefined,
): string {
  const taken = new Set(existing.map(({ semver }) => semver));
  let core = base === undefined ? FIRST : stepFrom(base.semver, bump);
  while (taken.has(core)) core = stepFrom(core, bump);
  if (prereleaseUntil === 'never') return core;
  const numbers = existing
    .filter(({ semver }) => semver.startsWith(`${core}-rc.`))
    .map(({ semver }) => prerelease(semver)?.[1])
    .map((number) => (typeof number === 'number' ? number : 0));
  return `${core}-rc.${Math.max(0, ...numbers) + 1}`;
}

/**
 * @returns the number of a version that leaves its `-rc.N` behind: its core, or the next patch that
 *   is free where another candidate of the same core was faster
 */
export function releaseOf(semver: string, existing: readonly NumberedVersion[]): string {
  const taken = new Set(existing.map(({ semver: other }) => other));
  if (prerelease(semver) === null) return semver;
  let core = coreOf(semver);
  while (taken.has(core)) core = inc(core, 'patch') ?? core;
  return core;
}
