/** What can be chosen: a text, or a value with the text that stands for it. */
export type Option = string | readonly [value: string, text: string];

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}

/** One choice of several; its label is for those who can't see what stands around it. */
export function Select({
  label,
  value,
  options,
  onChange,
  named = true,
}: SelectProps & {
  /** Whether it needs a name of its own, or stands in a label. */
  readonly named?: boolean;
}) {
  return (
    <select
      aria-label={named ? label : undefined}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      {options.map((option) => {
        const [id, text] = typeof option === 'string' ? [option, option] : option;
        return (
          <option key={id} value={id}>
            {text}
          </option>
        );
      })}
    </select>
  );
}

/** A choice as a line of a form, or with its label before it. */
export function SelectField({
  className = 'field',
  ...choice
}: SelectProps & { readonly className?: 'field' | 'choice' }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the select lies in it.
    <label className={className}>
      <span>{choice.label}</span>
      <Select {...choice} named={false} />
    </label>
  );
}
