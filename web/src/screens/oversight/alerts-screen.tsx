import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { path, useSearch } from '../../frame/router.ts';
import { api, body, type Schema } from '../../shared/api.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { pagesQuery, usePages } from '../../shared/use-pages.ts';
import './oversight.css';

type Alert = Schema<'Alert'>;

const alertsQuery = (acknowledged: boolean) =>
  pagesQuery(['alerts', acknowledged], (page) =>
    body(api.GET('/api/governance/v1/alerts', { params: { query: { acknowledged, ...page } } })),
  );

/** What somebody has to look at. */
export function AlertsScreen() {
  const [search, setSearch] = useSearch();
  const seen = search.get('seen') === 'true';
  const { list, things: alerts } = usePages(alertsQuery(seen), (page) => page.alerts);
  return (
    <Page title="Alerts">
      <div className="stack">
        <fieldset className="segments">
          <legend className="hidden">Which alerts</legend>
          <button type="button" aria-pressed={!seen} onClick={() => setSearch({ seen: '' })}>
            Open
          </button>
          <button type="button" aria-pressed={seen} onClick={() => setSearch({ seen: 'true' })}>
            Acknowledged
          </button>
        </fieldset>
        <Asked query={list}>
          {() =>
            alerts.length === 0 ? (
              <Empty title={seen ? 'No alert was acknowledged yet' : 'No alert is open'}>
                What goes wrong with models that serve is listed here.
              </Empty>
            ) : (
              alerts.map((alert) => <One key={alert.alert_id} alert={alert} />)
            )
          }
        </Asked>
        <More list={list} />
      </div>
    </Page>
  );
}

function One({ alert }: { readonly alert: Alert }) {
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const acknowledge = useMutation({
    mutationFn: () =>
      api.POST('/api/governance/v1/alerts/{alert_id}/acknowledge', {
        params: { path: { alert_id: alert.alert_id ?? '' } },
        body: note.trim() === '' ? {} : { note },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
  const { model = '', version = '', acknowledged_by: by } = alert;
  const about = useMay('registered_model', model, { enabled: by === undefined });
  // Who sees one that is about no model may acknowledge it.
  const mayAcknowledge = model === '' || about.edit;
  return (
    <article className="card alert">
      <header>
        <h2>{alert.summary}</h2>
        <Badge tone={by ? 'neutral' : 'warn'}>{alert.kind}</Badge>
      </header>
      <p className="muted">
        {model === '' ? null : (
          <>
            <a
              href={`#${version === '' ? path`/models/${model}` : path`/models/${model}/versions/${version}`}`}
            >
              {model}
              {version === '' ? '' : ` ${version}`}
            </a>
            ,{' '}
          </>
        )}
        <span title={formatTime(alert.last_timestamp)}>{formatAgo(alert.last_timestamp)}</span>
        {Number(alert.occurrences) > 1 ? `, ${alert.occurrences} times` : ''}
      </p>
      {by ? (
        <p>
          Acknowledged by {by}. {alert.note}
        </p>
      ) : mayAcknowledge ? (
        <div className="ask">
          <input
            type="text"
            className="grow-input"
            aria-label={`Note on ${alert.summary}`}
            placeholder="Note"
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button disabled={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
            Acknowledge
          </Button>
        </div>
      ) : null}
      {acknowledge.error ? <ErrorNote error={acknowledge.error} /> : null}
    </article>
  );
}
