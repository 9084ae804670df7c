import { useQuery } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { api, BASE, body, SIGN_IN } from '../shared/api.ts';

/** Who is signed in; undefined where nobody has to, and until it is known. */
export function useWho() {
  return useQuery({
    queryKey: ['who'],
    queryFn: () => body(api.GET('/api/2.0/mlflow/users/current')),
    enabled: SIGN_IN,
    staleTime: 60_000,
  }).data?.user;
}

export function Who() {
  const who = useWho();
  if (!SIGN_IN) return null;
  const user = who?.username ?? '';
  return (
    <div className="who">
      <span className="who-mark" aria-hidden>
        {user.slice(0, 1).toUpperCase()}
      </span>
      <span className="who-name" title={user}>
        {user}
        {who?.is_admin ? <small>Administrator</small> : null}
      </span>
      <a className="icon-button" href={`${BASE}/signout`} aria-label="Sign out" title="Sign out">
        <LogOut size={16} />
      </a>
    </div>
  );
}
