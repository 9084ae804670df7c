import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { SelectField } from '../../shared/ui/select.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { EventChecks } from './event-checks.tsx';
import { isWhole, type ReceiverWish } from './receiver-wish.ts';
import { SecretField } from './secret-field.tsx';
import { STATES } from './states.ts';

type Field = keyof ReceiverWish;

const CHANNELS = ['webhook', 'slack', 'email', 'cloudevents'];

/** Says who is told of what: of somebody new, or as it is to be from now on. */
export function ReceiverForm({
  first,
  shown,
  labels,
  events,
  states,
  isNew = false,
  keepsUrl = false,
  has: known = {},
  action,
  busy,
  error,
  onSubmit,
  children,
}: {
  readonly first: ReceiverWish;
  /** What the API lets be said. */
  readonly shown: readonly Field[];
  readonly labels?: { readonly [Name in Field]?: string };
  readonly events: { readonly all: readonly string[]; readonly hasAll?: boolean };
  /** What it can be in. */
  readonly states: readonly (keyof typeof STATES)[];
  readonly isNew?: boolean;
  /** Whether the address is a secret that stays where none is given. */
  readonly keepsUrl?: boolean;
  /** Which secrets there are, as far as the API tells. */
  readonly has?: { readonly secret?: boolean; readonly authorization?: boolean };
  readonly action: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (wish: ReceiverWish) => void;
  /** What else can be done, before the button that submits. */
  readonly children?: ReactNode;
}) {
  const [wish, setWish] = useState(first);
  const set = (change: Partial<ReceiverWish>) => setWish({ ...wish, ...change });
  const isEmail = wish.channel === 'email';
  const takes = (field: Field) =>
    shown.includes(field) && !(isEmail && ['url', 'verifyTls', ...SECRETS].includes(field));
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    onSubmit(wish);
  };
  const isReady = isWhole(keepsUrl ? { ...wish, url: wish.url || 'kept' } : wish, shown);
  return (
    <form className="stack" onSubmit={submit}>
      <div className="form-grid">
        {isNew && takes('channel') ? (
          <SelectField
            label="Channel"
            value={wish.channel}
            options={CHANNELS}
            onChange={(channel) => set({ channel })}
          />
        ) : null}
        {takes('name') ? (
          <TextField
            label={labels?.name ?? 'Name'}
            value={wish.name}
            onChange={(name) => set({ name })}
          />
        ) : null}
        {isEmail && takes('recipients') ? (
          <TextField
            label="Recipients"
            value={wish.recipients}
            onChange={(recipients) => set({ recipients })}
          />
        ) : null}
        {takes('url') ? (
          <TextField
            label="Address"
            value={wish.url}
            placeholder={keepsUrl ? 'As it is' : undefined}
            onChange={(url) => set({ url })}
          />
        ) : null}
        {takes('models') ? (
          <TextField
            label={labels?.models ?? 'Models'}
            value={wish.models}
            onChange={(models) => set({ models })}
          />
        ) : null}
        {takes('description') ? (
          <TextField
            label="Description"
            value={wish.description}
            onChange={(description) => set({ description })}
          />
        ) : null}
        {takes('status') ? (
          <SelectField
            label="State"
            value={wish.status}
            options={states.map((state) => [state, STATES[state]])}
            onChange={(status) => set({ status })}
          />
        ) : null}
        {SECRETS.filter(takes).map((field) => (
          <SecretField
            key={field}
            label={field === 'secret' ? 'Secret, to sign with' : 'Header “Authorization”'}
            value={wish[field]}
            isNew={isNew}
            had={known[field]}
            onChange={(value) => set({ [field]: value })}
          />
        ))}
      </div>
      {takes('verifyTls') ? (
        <label className="check">
          <input
            type="checkbox"
            checked={wish.verifyTls}
            onChange={({ target }) => set({ verifyTls: target.checked })}
          />
          Check the certificate of the receiver
        </label>
      ) : null}
      <EventChecks
        events={events.all}
        hasAll={events.hasAll === true}
        chosen={wish.events}
        onChange={(chosen) => set({ events: chosen })}
      />
      {error ? <ErrorNote error={error} /> : null}
      <div className="form-end">
        {children}
        <Button kind="primary" type="submit" disabled={!isReady || busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}

const SECRETS = ['secret', 'authorization'] as const satisfies readonly Field[];
