import { useQueries } from '@tanstack/react-query';
import { path, useSearch } from '../../frame/router.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { Decide, mayDo } from './decide.tsx';
import { Drills } from './drills.tsx';
import { Emergencies } from './emergencies.tsx';
import { type PromotionRequest, requestQuery, requestsQuery } from './governance-queries.ts';
import './governance.css';

/** What waits for the caller: requests, emergencies to review; and how rollbacks were drilled. */
export function InboxScreen() {
  const [search, setSearch] = useSearch();
  return (
    <Page title="Inbox">
      <Tabs
        label="Parts of the inbox"
        value={search.get('tab') ?? 'mine'}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          { id: 'mine', label: 'For you to decide', content: () => <Requests mine /> },
          { id: 'open', label: 'All open', content: () => <Requests /> },
          { id: 'emergencies', label: 'Emergencies', content: () => <Emergencies /> },
          { id: 'drills', label: 'Rollback drills', content: () => <Drills /> },
        ]}
      />
    </Page>
  );
}

function Requests({ mine = false }: { readonly mine?: boolean }) {
  const { list, things: listed } = usePages(requestsQuery('open'), (page) => page.requests);
  const known = useQueries({
    queries: listed.map(({ request_id: id = '' }) => requestQuery(id)),
  });
  const waits = known.some(({ isPending }) => isPending);
  const all = listed.map((one, index) => known[index]?.data ?? one);
  const shown = mine ? all.filter((one) => mayDo(one, 'approve') || mayDo(one, 'reject')) : all;
  return (
    <Asked query={list}>
      {() => (
        <div className="stack">
          {waits ? <Loading lines={3} /> : null}
          {waits ? null : shown.length === 0 ? (
            <Empty title={mine ? 'Nothing waits for you' : 'No request is open'}>
              Promotions that people ask for, and that you may decide, are listed here.
            </Empty>
          ) : (
            shown.map((one) => <Request key={one.request_id} request={one} />)
          )}
          <More list={list} />
        </div>
      )}
    </Asked>
  );
}

function Request({ request }: { readonly request: PromotionRequest }) {
  const { name = '', version = '', stage, alias, approvals = [] } = request;
  const standing = approvals.filter(({ dismissed_timestamp: at }) => !at);
  return (
    <article className="card request">
      <header>
        <h2>
          <a href={`#${path`/models/${name}/versions/${version}/readiness`}`}>
            {name}, version {version}
          </a>{' '}
          → <Badge tone="info">{alias ? `@${alias}` : stage}</Badge>
        </h2>
        <span className="muted" title={formatTime(request.creation_timestamp)}>
          {request.creator}, {formatAgo(request.creation_timestamp)}
        </span>
      </header>
      {request.comment ? <p className="said">{request.comment}</p> : null}
      <p className="muted">
        {standing.length === 0
          ? 'Nobody has approved it yet.'
          : `Approved by ${standing.map(({ approver }) => approver).join(', ')}.`}{' '}
        {request.expiration_timestamp ? `It ends ${formatAgo(request.expiration_timestamp)}.` : ''}
      </p>
      <Decide request={request} />
    </article>
  );
}
