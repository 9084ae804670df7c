import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useWho } from '../../frame/who.tsx';
import { api, body, type Schema, SIGN_IN } from '../../shared/api.ts';
import { formatAgo } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { More } from '../../shared/ui/more.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { Page, Section } from '../../shared/ui/page.tsx';
import { pagesQuery, usePages } from '../../shared/use-pages.ts';
import './governance.css';

type Policy = Schema<'GovernancePolicy'>;

const SOURCES: Readonly<Record<string, string>> = {
  'built-in': 'as built in',
  api: 'put in force here',
  file: 'from the file of the settings',
};
const short = (version: string) => version.slice(0, 12);

const policyQuery = queryOptions({
  queryKey: ['policy'],
  queryFn: async () => (await body(api.GET('/api/governance/v1/policy'))).policy ?? {},
});

const pastQuery = pagesQuery(['policy', 'versions'], (query) =>
  body(api.GET('/api/governance/v1/policy/versions', { params: { query } })),
);

/** The rules that are in force, those that were, and their editor. */
export function PoliciesScreen() {
  const query = useQuery(policyQuery);
  return (
    <Page title="Policies">
      <Asked query={query}>
        {(policy) => (
          <div className="stack">
            <InForce key={policy.version} policy={policy} />
            <Past />
          </div>
        )}
      </Asked>
    </Page>
  );
}

function InForce({ policy }: { readonly policy: Policy }) {
  const [editing, setEditing] = useState(false);
  const who = useWho();
  const mayEdit = !SIGN_IN || who?.is_admin === true;
  const { policy_yaml: yaml = '', version = '' } = policy;
  return (
    <Section
      title="In force"
      actions={
        <>
          <Badge tone="info">default mode {policy.default_mode}</Badge>
          <Copy text={yaml} label="Copy the policy" />
          {mayEdit && !editing ? <Button onClick={() => setEditing(true)}>Edit</Button> : null}
        </>
      }
    >
      <p className="muted">
        <code className="reason" title={version}>
          {short(version)}
        </code>{' '}
        {SOURCES[policy.source ?? ''] ?? policy.source}
        {policy.created_by
          ? ` by ${policy.created_by}, ${formatAgo(policy.creation_timestamp)}`
          : ''}
      </p>
      <p className="muted">
        A model goes by the first profile whose pattern fits its name; one that no pattern fits goes
        by the built-in rules, in the default mode.
      </p>
      {editing ? (
        <Editor start={yaml} onDone={() => setEditing(false)} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keys.
        <pre className="code" tabIndex={0}>
          {yaml}
        </pre>
      )}
    </Section>
  );
}

const put = (text: string, dryRun: boolean) =>
  body(
    api.PUT('/api/governance/v1/policy', {
      params: { query: dryRun ? { dry_run: true } : {} },
      body: { policy_yaml: text },
    }),
  );

function Editor({ start, onDone }: { readonly start: string; readonly onDone: () => void }) {
  const queries = useQueryClient();
  const [text, setText] = useState(start);
  const check = useMutation({ mutationFn: () => put(text, true) });
  const save = useMutation({
    mutationFn: () => put(text, false),
    onSuccess: async () => {
      notify('The policy is in force');
      onDone();
      await Promise.all(
        [['policy'], ['governance'], ['stages']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  const error = save.error ?? check.error;
  const checked = check.data?.policy;
  return (
    <div className="stack">
      <textarea
        aria-label="Policy, in YAML"
        spellCheck={false}
        rows={22}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          check.reset();
          save.reset();
        }}
      />
      {error ? <ErrorNote error={error} /> : null}
      {checked === undefined ? null : (
        <details open>
          <summary>
            It can be put in force as <code className="reason">{short(checked.version ?? '')}</code>
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keys. */}
          <pre className="code" tabIndex={0}>
            {checked.policy_yaml}
          </pre>
        </details>
      )}
      <footer className="row-end">
        <Button onClick={onDone}>Cancel</Button>
        <Button disabled={check.isPending} onClick={() => check.mutate()}>
          Dry run
        </Button>
        <Button kind="primary" disabled={save.isPending} onClick={() => save.mutate()}>
          Put in force
        </Button>
      </footer>
    </div>
  );
}

function Past() {
  const { list, things: policies } = usePages(pastQuery, (page) => page.policies);
  return (
    <Section title="Versions">
      <Asked query={list}>
        {() =>
          policies.length === 0 ? (
            <p className="muted">Only the built-in policy was ever in force.</p>
          ) : (
            <ul className="plain-list">
              {policies.map((one) => (
                <li key={`${one.version} ${one.creation_timestamp}`}>
                  <details>
                    <summary>
                      <code className="reason">{short(one.version ?? '')}</code>{' '}
                      {SOURCES[one.source ?? ''] ?? one.source} by {one.created_by},{' '}
                      {formatAgo(one.creation_timestamp)}
                    </summary>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keys. */}
                    <pre className="code" tabIndex={0}>
                      {one.policy_yaml}
                    </pre>
                  </details>
                </li>
              ))}
            </ul>
          )
        }
      </Asked>
      <More list={list} />
    </Section>
  );
}
