import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, body } from '../../shared/api.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { OwnPassword } from './password.tsx';
import { useChange } from './use-change.ts';

const SCOPES = ['read', 'write', 'registry', 'manage', 'admin'] as const;
const DAY = 86_400;

/** Tokens of the caller, for scripts and services. */
export function Tokens() {
  const query = useQuery({
    queryKey: ['tokens'],
    queryFn: () => body(api.GET('/api/runledger/v1/tokens')),
  });
  const revoke = useChange(
    'tokens',
    (id: string) =>
      api.DELETE('/api/runledger/v1/tokens/{token_id}', { params: { path: { token_id: id } } }),
    'The token is revoked',
  );
  return (
    <div className="stack">
      <Mint />
      {revoke.error ? <ErrorNote error={revoke.error} /> : null}
      <Asked query={query}>
        {({ tokens = [] }) =>
          tokens.length === 0 ? (
            <Empty title="You have no tokens">A token signs a script in, in your name.</Empty>
          ) : (
            <div className="table-wrap">
              <table className="list tight stacks">
                <thead>
                  <tr>
                    <th>Name</th>
                    <th>Scopes</th>
                    <th>Made</th>
                    <th>Ends</th>
                    <th className="wide-only">Last used</th>
                    <th>
                      <span className="hidden">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {tokens.map((one) => (
                    <tr key={one.token_id}>
                      <td data-label="Name">
                        <b>{one.name}</b>
                      </td>
                      <td data-label="Scopes">
                        <span className="tags">
                          {(one.scopes ?? []).map((scope) => (
                            <Badge key={scope}>{scope}</Badge>
                          ))}
                        </span>
                      </td>
                      <td data-label="Made" title={formatTime(one.creation_timestamp)}>
                        {formatAgo(one.creation_timestamp)}
                      </td>
                      <td data-label="Ends">
                        {one.expiration_timestamp ? formatTime(one.expiration_timestamp) : 'Never'}
                      </td>
                      <td className="wide-only">
                        {one.last_used_timestamp ? formatAgo(one.last_used_timestamp) : 'Never'}
                      </td>
                      <td className="end">
                        <Button
                          kind="quiet"
                          className="small"
                          aria-label={`Revoke ${one.name}`}
                          onClick={() => revoke.mutate(one.token_id ?? '')}
                        >
                          Revoke
                        </Button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Asked>
      <OwnPassword />
    </div>
  );
}

function Mint() {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['read']);
  const [days, setDays] = useState('90');
  const mint = useMutation({
    mutationFn: () =>
      body(
        api.POST('/api/runledger/v1/tokens', {
          body: {
            ...{ name, scopes: [...scopes] },
            ...(days === '' ? {} : { lifetime_seconds: Number(days) * DAY }),
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mint.mutate();
  };
  return (
    <Section title="New token">
      <form className="stack" onSubmit={submit}>
        <div className="form-grid">
          <TextField label="Token name" value={name} onChange={setName} />
          <label className="field">
            <span>Days until it ends</span>
            <input
              type="number"
              min={1}
              value={days}
              onChange={(event) => setDays(event.target.value)}
            />
          </label>
        </div>
        <fieldset className="toolbar">
          <legend className="hidden">Scopes</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={({ target }) =>
                  setScopes(
                    target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope),
                  )
                }
              />
              {scope}
            </label>
          ))}
        </fieldset>
        <div>
          <Button
            kind="primary"
            type="submit"
            disabled={name.trim() === '' || scopes.length === 0 || mint.isPending}
          >
            Make token
          </Button>
        </div>
      </form>
      {mint.error ? <ErrorNote error={mint.error} /> : null}
      {mint.data?.token === undefined ? null : (
        <div className="once" role="status">
          <div>
            <b>Copy it now: it is not shown again.</b>
            <br />
            <code>{mint.data.token}</code>
          </div>
          <Copy text={mint.data.token} label="Copy the token" />
        </div>
      )}
    </Section>
  );
}
