import { useMutation } from '@tanstack/react-query';
import { Download, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useSearch } from '../../frame/router.ts';
import { ApiError, api, body, type Schema } from '../../shared/api.ts';
import { formatExactTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { FileLink } from '../../shared/ui/file-link.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { SelectField } from '../../shared/ui/select.tsx';
import { pagesQuery, usePages } from '../../shared/use-pages.ts';
import { type Entry, entryOf } from './entry.ts';
import './oversight.css';

const FILTERS = [
  ['actor', 'Who'],
  ['action', 'Action'],
  ['object_kind', 'Kind of object'],
  ['object_id', 'Object'],
  ['request_id', 'Request'],
] as const;

const auditQuery = (search: URLSearchParams) => {
  const texts = Object.fromEntries(
    [...FILTERS.map(([key]) => key), 'decision'].flatMap((key) => {
      const value = search.get(key);
      return value ? [[key, value]] : [];
    }),
  );
  const times = Object.fromEntries(
    (['from', 'to'] as const).flatMap((key) => {
      const time = Date.parse(search.get(key) ?? '');
      return Number.isNaN(time) ? [] : [[key, String(time)]];
    }),
  );
  return pagesQuery(['audit', texts, times], (page) =>
    body(
      api.GET('/api/governance/v1/audit', {
        params: { query: { ...texts, ...times, max_results: 100, ...page } },
      }),
    ),
  );
};

const entriesOf = ({ entries = [] }: { entries?: Schema<'AuditEntry'>[] }) => entries.map(entryOf);

/** Who did what, and that nobody has changed the record of it. */
export function AuditScreen() {
  const [search] = useSearch();
  const { list, things: entries } = usePages(auditQuery(search), entriesOf);
  const [open, setOpen] = useState<Entry>();
  if (list.error instanceof ApiError && list.error.status === 403) {
    return (
      <Page title="Audit log">
        <Empty title="You may not read the audit log">
          It takes the role auditor, or another with the right <code>audit</code>.
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title="Audit log"
      actions={
        <FileLink
          className="button"
          path="/api/governance/v1/audit/export.ndjson"
          name="audit.ndjson"
        >
          <Download size={15} aria-hidden /> Export
        </FileLink>
      }
    >
      <div className="stack">
        <Verify />
        <Filters />
        <Asked query={list}>
          {() =>
            entries.length === 0 ? (
              search.size === 0 ? (
                <Empty title="Nothing is written down yet">What people do is listed here.</Empty>
              ) : (
                <Empty title="No entry fits">Change the filters to see more.</Empty>
              )
            ) : (
              <Table entries={entries} onOpen={setOpen} />
            )
          }
        </Asked>
        <More list={list} />
      </div>
      {open === undefined ? null : <Detail entry={open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function Verify() {
  const verify = useMutation({
    mutationFn: () => body(api.GET('/api/governance/v1/audit/verify')),
  });
  const { ok, entries, checkpoints, root, problems = [] } = verify.data ?? {};
  return (
    <section className="card" aria-label="Verification">
      <div className="ask">
        <Button disabled={verify.isPending} onClick={() => verify.mutate()}>
          <ShieldCheck size={15} aria-hidden /> {verify.isPending ? 'Verifying' : 'Verify the log'}
        </Button>
        {ok === undefined ? (
          <span className="muted">Computes every hash of the log anew.</span>
        ) : (
          <span role="status">
            <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'Unchanged' : 'Changed'}</Badge> {entries}{' '}
            entries, {checkpoints} {checkpoints === 1 ? 'checkpoint' : 'checkpoints'}
          </span>
        )}
      </div>
      {root === undefined ? null : <code className="reason">{root}</code>}
      {problems.length === 0 ? null : (
        <ul>
          {problems.map(({ seq, problem }) => (
            <li key={`${seq} ${problem}`}>
              Entry {seq}: {problem}
            </li>
          ))}
        </ul>
      )}
      {verify.error ? <ErrorNote error={verify.error} /> : null}
    </section>
  );
}

function Filters() {
  const [search, setSearch] = useSearch();
  return (
    <search className="filters">
      {FILTERS.map(([key, label]) => (
        <label key={key} className="field">
          <span>{label}</span>
          <input
            type="search"
            value={search.get(key) ?? ''}
            onChange={(event) => setSearch({ [key]: event.target.value }, { replace: true })}
          />
        </label>
      ))}
      <SelectField
        label="Decision"
        value={search.get('decision') ?? ''}
        options={[
          ['', 'Any'],
          ['allowed', 'Allowed'],
          ['denied', 'Denied'],
        ]}
        onChange={(decision) => setSearch({ decision })}
      />
      {(['from', 'to'] as const).map((key) => (
        <label key={key} className="field">
          <span>{key === 'from' ? 'From' : 'To'}</span>
          <input
            className="input"
            type="datetime-local"
            value={search.get(key) ?? ''}
            onChange={(event) => setSearch({ [key]: event.target.value }, { replace: true })}
          />
        </label>
      ))}
    </search>
  );
}

function Table({
  entries,
  onOpen,
}: {
  readonly entries: readonly Entry[];
  readonly onOpen: (entry: Entry) => void;
}) {
  return (
    <div className="table-wrap">
      <table className="list tight stacks">
        <thead>
          <tr>
            <th className="end">No.</th>
            <th>When</th>
            <th>Who</th>
            <th>Action</th>
            <th>Object</th>
            <th>Decision</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq}>
              <td className="end" data-label="No.">
                <button
                  type="button"
                  className="link-button"
                  aria-label={`Entry ${entry.seq}`}
                  onClick={() => onOpen(entry)}
                >
                  {entry.seq}
                </button>
              </td>
              <td className="when" data-label="When">
                {formatExactTime(entry.time)}
              </td>
              <td data-label="Who">{entry.actor}</td>
              <td data-label="Action">{entry.action}</td>
              <td className="break" data-label="Object">
                <span className="muted">{entry.objectKind}</span> {entry.objectId}
              </td>
              <td data-label="Decision">
                <Badge tone={entry.decision === 'denied' ? 'bad' : 'neutral'}>
                  {entry.decision}
                </Badge>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Detail({ entry, onClose }: { readonly entry: Entry; readonly onClose: () => void }) {
  return (
    <Dialog title={`Entry ${entry.seq}`} onClose={onClose} wide>
      <div className="dialog-body">
        <Facts
          facts={[
            ['When', formatExactTime(entry.time)],
            ['Who', entry.actor],
            ['Action', entry.action],
            ['Object', `${entry.objectKind} ${entry.objectId}`],
            ['Decision', entry.decision],
            entry.reason === '' ? undefined : ['Reason', entry.reason],
            ['Leaf hash', <code key="leaf">{entry.leafHash}</code>],
          ]}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keys. */}
        <pre className="code" tabIndex={0}>
          {JSON.stringify(entry.whole, null, 2)}
        </pre>
      </div>
    </Dialog>
  );
}
