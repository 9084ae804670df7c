import type { CompliancePack } from './pack.js';

/** A heading with what stands below it, for pages and for paper. */
export interface PackSection {
  readonly title: string;
  readonly intro?: string;
  /** The first row is the heading of the columns. */
  readonly rows: readonly (readonly string[])[];
}

/** Rows of one table on paper; the rest is in the JSON. */
const MOST = 100;
const LONGEST = 600;

const when = (time: number | undefined): string =>
  time === undefined ? '' : `${new Date(time).toISOString().slice(0, 19)}Z`;

const print = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
};

/** @returns what is asked first: who, what, whether, and the answer */
export const headOf = (pack: CompliancePack): readonly (readonly [string, string])[] => [
  ['Model', pack.model],
  ['Version', [String(pack.version), pack.semver].filter(Boolean).join(' = ')],
  ['Stage', [pack.stage, ...pack.aliases.map((alias) => `@${alias}`)].join(' ')],
  ['Mode', `${pack.mode} (profile ${pack.profile})`],
  ['Root digest', pack.root_digest ?? 'none'],
  ['Generated', `${when(pack.generated_time)} by ${pack.generator}`],
  ...(pack.status === undefined ? [] : [['Status', pack.status] as const]),
];

const table = (
  title: string,
  heading: readonly string[],
  rows: readonly (readonly unknown[])[],
  intro?: string,
): PackSection => {
  const more = rows.length - MOST;
  const note = more > 0 ? `${more} more are in the JSON of this pack.` : undefined;
  const text = [intro, note].filter(Boolean).join(' ');
  return {
    title,
    ...(text === '' ? {} : { intro: text }),
    rows: rows.length === 0 ? [] : [heading, ...rows.slice(0, MOST).map((row) => row.map(print))],
  };
};

/** @returns all sections behind the questions */
export function sectionsOf(pack: CompliancePack): readonly PackSection[] {
  return [
    table(
      'Approvals',
      ['For', 'By', 'Roles', 'At', 'State'],
      pack.approvals.map((one) => [
        ...[one.target, one.approver, one.roles.join(', '), when(one.time)],
        one.dismissed ? 'dismissed' : 'given',
      ]),
    ),
    table(
      'Where it was live',
      ['Where', 'From', 'By', 'To', 'Because'],
      pack.history.map((one) => [
        ...[one.target, when(one.from), one.entered_by, when(one.to), one.left_because ?? ''],
      ]),
    ),
    table(
      'Metrics',
      ['Metric', 'Value', 'Data set'],
      pack.metrics.map(({ name, value, dataset_digest }) => [name, value, dataset_digest ?? '']),
    ),
    table('Hyper-parameters', ['Param', 'Value'], Object.entries(pack.params)),
    table('Source code', ['Fact', 'Value'], Object.entries(pack.lineage.git)),
    table(
      'Dependencies',
      ['Package', 'Version', 'purl'],
      pack.dependencies.map(({ name, version, purl }) => [name, version ?? 'not pinned', purl]),
    ),
    table(
      'Emergencies',
      ['By', 'Reason', 'Ticket', 'At', 'Reviewed by'],
      pack.emergencies.map((one) => [
        ...[one.principal, one.reason, one.ticket, when(one.used_time)],
        one.reviewed_by ?? 'nobody',
      ]),
    ),
    table(
      'Audit log',
      ['Seq', 'At', 'Actor', 'Action', 'Decision'],
      pack.audit.map(({ seq, time, actor, action, decision }) => [
        ...[seq, when(time), actor, action, decision],
      ]),
    ),
    table(
      'What it is evidence for',
      ['Framework', 'Point', 'About', 'Evidence for it', 'Not held here'],
      pack.mapping.map(({ framework, reference, topic, evidence, not_held_here }) => [
        ...[framework, reference, topic],
        evidence.map(({ name, present }) => `${name}${present ? '' : ' (missing)'}`).join(', '),
        not_held_here ?? '',
      ]),
      pack.statement,
    ),
  ].filter(({ rows, intro }) => rows.length > 0 || intro !== undefined);
}

/** @returns lines of an answer, behind its question */
export const linesOf = ({
  reason,
  value,
  evidence,
}: CompliancePack['questions'][number]): readonly (readonly [string, string])[] => [
  ['Answer', reason],
  ...Object.entries(value).map(([key, one]) => [key, print(one)] as const),
  ['Evidence', evidence.link],
  ...(evidence.digest === undefined ? [] : [['Digest', evidence.digest] as const]),
  ...(evidence.audit_seq === undefined
    ? []
    : [['Audit entry', String(evidence.audit_seq)] as const]),
];
