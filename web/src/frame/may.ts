import { useQuery } from '@tanstack/react-query';
import { api, body, SIGN_IN } from '../shared/api.ts';
import { useWho } from './who.tsx';

/** What whoever looks at a screen may do with what it shows. */
export interface May {
  readonly edit: boolean;
  /** Delete and restore. */
  readonly manage: boolean;
}

const EVERYTHING: May = { edit: true, manage: true };
const NOTHING: May = { edit: false, manage: false };

/**
 * What may be done with a thing; nothing until the server has said it. The server judges each deed
 * anyway: this is for not offering what it would refuse.
 */
export function useMay(
  type: 'experiment' | 'registered_model',
  id: string,
  { enabled = true } = {},
): May {
  const username = useWho()?.username ?? '';
  const { data } = useQuery({
    queryKey: ['may', username, type, id],
    enabled: SIGN_IN && enabled && username !== '' && id !== '',
    staleTime: 60_000,
    queryFn: () =>
      body(
        api.GET('/api/3.0/mlflow/users/permissions/get', {
          params: { query: { username, resource_type: type, resource_id: id } },
        }),
      ),
  });
  if (!SIGN_IN) return EVERYTHING;
  if (data === undefined) return NOTHING;
  const manage = data.permission === 'MANAGE';
  return { edit: manage || data.permission === 'EDIT', manage };
}
