import { useSearch } from '../../frame/router.ts';
import { useWho } from '../../frame/who.tsx';
import { SIGN_IN } from '../../shared/api.ts';
import { Page } from '../../shared/ui/page.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import './admin.css';
import { WORKSPACES } from '../../shared/workspace.ts';
import { Health } from './health.tsx';
import { RegistryWebhooks } from './registry-webhooks.tsx';
import { Roles } from './roles.tsx';
import { Subscriptions } from './subscriptions.tsx';
import { Tokens } from './tokens.tsx';
import { Users } from './users.tsx';
import { Webhooks } from './webhooks.tsx';
import { Workspaces } from './workspaces.tsx';

/** Who may come in, what the server tells others, and how it is. */
export function AdminScreen() {
  const [search, setSearch] = useSearch();
  const isAdmin = useWho()?.is_admin === true;
  const people = SIGN_IN && isAdmin;
  return (
    <Page title="Administration">
      <Tabs
        label="Parts of the administration"
        value={search.get('tab') ?? ''}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          ...(people
            ? [
                { id: 'users', label: 'Users', content: () => <Users /> },
                { id: 'roles', label: 'Roles', content: () => <Roles /> },
              ]
            : []),
          ...(SIGN_IN ? [{ id: 'tokens', label: 'Tokens', content: () => <Tokens /> }] : []),
          ...(WORKSPACES
            ? [{ id: 'workspaces', label: 'Workspaces', content: () => <Workspaces /> }]
            : []),
          ...(SIGN_IN && !isAdmin
            ? []
            : [{ id: 'webhooks', label: 'Webhooks', content: () => <Webhooks /> }]),
          {
            ...{ id: 'registry-webhooks', label: 'Registry webhooks' },
            content: () => <RegistryWebhooks />,
          },
          { id: 'notifications', label: 'Notifications', content: () => <Subscriptions /> },
          { id: 'health', label: 'Health', content: () => <Health /> },
        ]}
      />
    </Page>
  );
}
