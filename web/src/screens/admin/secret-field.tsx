import { TextField } from '../../shared/ui/text-field.tsx';

/** A secret, which nobody is shown: it is left as it is, given anew, or taken away. */
export function SecretField({
  label,
  value,
  isNew,
  had,
  onChange,
}: {
  readonly label: string;
  readonly value: string | null;
  readonly isNew: boolean;
  /** Whether there is one; undefined where nobody knows. */
  readonly had: boolean | undefined;
  readonly onChange: (value: string | null) => void;
}) {
  const isTaken = value === null;
  return (
    <div className="secret-field">
      <TextField
        label={label}
        type="password"
        autoComplete="new-password"
        placeholder={isNew ? undefined : isTaken || had === false ? 'None' : 'As it is'}
        value={value ?? ''}
        onChange={onChange}
      />
      {isNew || had === false ? null : (
        <label className="check">
          <input
            type="checkbox"
            aria-label={`None any more: ${label}`}
            checked={isTaken}
            onChange={({ target }) => onChange(target.checked ? null : '')}
          />
          None any more
        </label>
      )}
    </div>
  );
}
