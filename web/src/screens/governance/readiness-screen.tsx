import { type Params, path, useSearch } from '../../frame/router.ts';
import { Page } from '../../shared/ui/page.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { Activity } from './activity.tsx';
import { CardEditor } from './card-editor.tsx';
import { Compliance } from './compliance.tsx';
import { requestsQuery } from './governance-queries.ts';
import './governance.css';
import { Live } from './live.tsx';
import { Readiness } from './readiness.tsx';

/** Why a version may go to production or not, and everything that is decided about it. */
export function ReadinessScreen({ params }: { readonly params: Params }) {
  const { name = '', version = '' } = params;
  const [search, setSearch] = useSearch();
  const open = usePages(requestsQuery('open', name), (page) => page.requests).things.length;
  return (
    <Page
      title={`Readiness of version ${version}`}
      crumbs={[
        { text: 'Models', to: '/models' },
        { text: name, to: path`/models/${name}` },
        { text: `Version ${version}`, to: path`/models/${name}/versions/${version}` },
      ]}
    >
      <Tabs
        label="Governance of the version"
        value={search.get('tab') ?? 'readiness'}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          {
            id: 'readiness',
            label: 'Readiness',
            content: () => <Readiness name={name} version={version} />,
          },
          {
            id: 'card',
            label: 'Model card',
            content: () => <CardEditor name={name} version={version} />,
          },
          {
            id: 'activity',
            label: 'Activity',
            ...(open ? { count: open } : {}),
            content: () => <Activity name={name} version={version} />,
          },
          { id: 'live', label: 'Live and rollback', content: () => <Live name={name} /> },
          {
            id: 'compliance',
            label: 'Compliance',
            content: () => <Compliance name={name} version={version} />,
          },
        ]}
      />
    </Page>
  );
}
