import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '../../shared/api.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { SelectField } from '../../shared/ui/select.tsx';
import { ofModel } from './governance-queries.ts';
import { type Period, placeOf } from './periods.tsx';

/** Gives the place back to the version before, after showing which one that is. */
export function Rollback({
  name,
  periods,
  onClose,
}: {
  readonly name: string;
  /** What served where, the newest first. */
  readonly periods: readonly Period[];
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [where, setWhere] = useState('Production');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const alias = where.startsWith('@') ? where.slice(1) : undefined;
  const uri = alias === undefined ? `models:/${name}/${where}` : `models:/${name}@${alias}`;
  const now = useQuery({
    queryKey: [...ofModel(name), 'resolve', uri],
    retry: false,
    queryFn: () => body(api.GET('/api/governance/v1/resolve', { params: { query: { uri } } })),
  });
  const roll = useMutation({
    mutationFn: () =>
      body(
        api.POST('/api/governance/v1/models/{name}/rollback', {
          params: { path: { name } },
          body: {
            ...(alias === undefined ? { stage: where } : { alias }),
            ...(to === '' ? {} : { to }),
            reason,
          },
        }),
      ),
    onSuccess: async (done) => {
      notify(`Version ${done.version} of ${name} is served again`);
      onClose();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ofModel(name) }),
        queries.invalidateQueries({ queryKey: ['model', name] }),
      ]);
    },
  });
  const { version, previous } = now.data ?? {};
  const places = [...new Set(['Production', ...periods.map(placeOf)])];
  const there = periods.filter((one) => placeOf(one) === where);
  const earlier = [...new Set(there.flatMap((one) => one.version ?? []))].filter(
    (one) => one !== version,
  );
  const will = to === '' ? previous?.version : to;
  return (
    <Dialog title={`Roll back ${name}`} onClose={onClose}>
      <div className="dialog-body">
        <SelectField
          label="Where"
          value={where}
          options={places}
          onChange={(place) => {
            setWhere(place);
            setTo('');
          }}
        />
        <SelectField
          label="To"
          value={to}
          options={[
            ['', 'The version that served before'],
            ...earlier.map((one) => [one, `Version ${one}`] as const),
          ]}
          onChange={setTo}
        />
        <Facts
          facts={[
            ['Served now', version === undefined ? 'Nothing' : `Version ${version}`],
            [
              'Will be served',
              will === undefined ? (
                'No version served there before'
              ) : (
                <strong key="will">
                  Version {will}
                  {will === previous?.version && previous?.semver ? ` (${previous.semver})` : ''}
                </strong>
              ),
            ],
            will === previous?.version && previous?.root_digest
              ? ['Its digest', <code key="digest">{previous.root_digest}</code>]
              : undefined,
          ]}
        />
        <label className="field">
          <span>Reason</span>
          <textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        {roll.error ? <ErrorNote error={roll.error} /> : null}
      </div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="danger"
          disabled={reason.trim() === '' || will === undefined || roll.isPending}
          onClick={() => roll.mutate()}
        >
          Serve version {will ?? '…'}
        </Button>
      </footer>
    </Dialog>
  );
}
