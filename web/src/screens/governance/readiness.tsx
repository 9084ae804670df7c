import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { useSearch } from '../../frame/router.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { versionQuery } from '../registry/registry-queries.ts';
import { type Stage, useStages } from '../registry/use-stages.ts';
import { useEvidence } from './evidence.ts';
import { type Target, type Verdict, verdictQuery } from './governance-queries.ts';
import { RequestPanel } from './request-panel.tsx';
import { judged, type Violation } from './rules.ts';

/** What is asked for most comes first; the stages of a policy that hold what runs follow. */
const targetsOf = (stages: readonly Stage[]): readonly string[] => {
  const own = stages.filter(
    ({ name, acts_as: kind }) => name !== kind && (kind === 'Production' || kind === 'Staging'),
  );
  return ['Production', 'Staging', ...own.map(({ name }) => name), '@champion'];
};

/** What the gate would say to a promotion now, rule by rule, and how to mend what is missing. */
export function Readiness({ name, version }: { readonly name: string; readonly version: string }) {
  const [search, setSearch] = useSearch();
  const to = search.get('to') ?? 'Production';
  const target: Target = to.startsWith('@') ? { alias: to.slice(1) } : { stage: to };
  const query = useQuery(verdictQuery(name, version, target));
  const { current_stage: stage, aliases = [] } = useQuery(versionQuery(name, version)).data ?? {};
  const isThere = 'stage' in target ? stage === to : aliases.includes(target.alias);
  const asks = !isThere && query.data?.mode !== 'compat';
  return (
    <div className="stack">
      <fieldset className="segments">
        <legend className="hidden">To be promoted to</legend>
        {targetsOf(useStages(name)).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === to}
            onClick={() => setSearch({ to: each })}
          >
            {each}
          </button>
        ))}
      </fieldset>
      <Asked query={query} lines={8}>
        {(verdict) => (
          <>
            <Outcome verdict={verdict} to={to} isThere={isThere} />
            <RequestPanel name={name} version={version} target={target} to={to} asks={asks} />
            {/* Of a move that changes nothing, and where governance is off, no rule is judged. */}
            {isThere || verdict.mode === 'compat' ? null : (
              <Rules name={name} version={version} verdict={verdict} />
            )}
          </>
        )}
      </Asked>
    </div>
  );
}

function Outcome({
  verdict,
  to,
  isThere,
}: {
  readonly verdict: Verdict;
  readonly to: string;
  readonly isThere: boolean;
}) {
  const { allowed = false, mode = '', violations = [] } = verdict;
  const open = violations.length;
  const opens = verdict.obligations?.some(({ kind }) => kind === 'open_request') ?? false;
  const [tone, Icon] = !allowed
    ? (['bad', CircleX] as const)
    : open > 0
      ? (['warn', TriangleAlert] as const)
      : (['good', CircleCheck] as const);
  const said = !allowed
    ? opens
      ? `Only approval is missing for ${to}`
      : `Not ready for ${to}: ${open} ${open === 1 ? 'thing is' : 'things are'} missing`
    : open > 0
      ? `Nothing is denied, but ${open} ${open === 1 ? 'rule is' : 'rules are'} not met`
      : mode === 'compat'
        ? `Nothing is asked of a move to ${to}`
        : `Ready for ${to}`;
  return (
    <div className={`verdict ${tone}`} role="status">
      <Icon size={26} aria-hidden />
      <div>
        <strong>{isThere ? `It is in ${to} now` : said}</strong>
        <p>
          {mode === 'compat' ? 'Governance is off for this model. ' : ''}
          Mode <b>{mode}</b>, profile <b>{verdict.profile}</b>, policy{' '}
          <a href="#/policies">
            <code>{(verdict.policy_version ?? '').slice(0, 12)}</code>
          </a>
        </p>
      </div>
    </div>
  );
}

function Rules({
  name,
  version,
  verdict,
}: {
  readonly name: string;
  readonly version: string;
  readonly verdict: Verdict;
}) {
  const evidence = useEvidence(name, version);
  const denies = verdict.mode === 'enforce';
  return (
    <Section title="Rules">
      <ul className="rules">
        {judged(verdict.violations ?? []).map(({ id, title, missing }) => {
          const passes = missing.length === 0;
          return (
            <li key={id} className="rule">
              <div className="rule-head">
                {passes ? (
                  <CircleCheck size={18} className="good" aria-hidden />
                ) : (
                  <CircleX size={18} className="bad" aria-hidden />
                )}
                <h3>{title}</h3>
                <Badge tone={passes ? 'good' : denies ? 'bad' : 'warn'}>
                  {passes ? 'Pass' : denies ? 'Fail' : 'Would fail'}
                </Badge>
              </div>
              {passes && evidence[id] !== undefined ? (
                <p className="muted">{evidence[id]}</p>
              ) : null}
              {missing.map((one) => (
                <Missing key={`${one.reason} ${one.message}`} violation={one} />
              ))}
            </li>
          );
        })}
      </ul>
      <p className="muted">A rule that the profile does not ask for passes.</p>
    </Section>
  );
}

function Missing({ violation }: { readonly violation: Violation }) {
  const { reason, message, remedy = '', metadata = {} } = violation;
  const facts = Object.entries(metadata).filter(([, value]) => value !== '');
  return (
    <div className="missing">
      <p>
        {message} <code className="reason">{reason}</code>
      </p>
      {facts.length === 0 ? null : (
        <ul className="tags" aria-label="Evidence">
          {facts.map(([key, value]) => (
            <li key={key} className="tag">
              <b>{key}</b>
              {value}
            </li>
          ))}
        </ul>
      )}
      {remedy === '' ? null : (
        <div className="fix">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keys. */}
          <pre tabIndex={0}>{remedy}</pre>
          <Copy text={remedy} label="Copy the fix" />
        </div>
      )}
    </div>
  );
}
