import { Facts } from '../../shared/ui/facts.tsx';
import { Markdown } from '../../shared/ui/markdown.tsx';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A card as people read it, whatever it holds; its texts are Markdown. */
export function CardView({ card }: { readonly card: Readonly<Record<string, unknown>> }) {
  const { name, version, ...rest } = card;
  const parts = Object.entries(rest).filter(([, value]) => !isEmpty(value));
  return (
    <div className="card-view">
      <div>
        <h2>
          {asText(name)} {asText(version)}
        </h2>
      </div>
      {parts.map(([key, value]) => (
        <div key={key}>
          <h3>{label(key)}</h3>
          <Value value={value} />
        </div>
      ))}
      {parts.length === 0 ? <p className="muted">Nothing is said in it yet.</p> : null}
    </div>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <Markdown text={value} />;
  if (Array.isArray(value)) {
    return (
      <ul>
        {value.map((one: unknown, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries of a card have no names.
          <li key={index}>
            <Value value={one} />
          </li>
        ))}
      </ul>
    );
  }
  if (isObject(value)) {
    return (
      <Facts
        facts={Object.entries(value)
          .filter(([, one]) => !isEmpty(one))
          .map(([key, one]) => [
            label(key),
            isObject(one) || Array.isArray(one) ? <Value key={key} value={one} /> : asText(one),
          ])}
      />
    );
  }
  return <p>{asText(value)}</p>;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (isObject(value) && isNone(value));
const isNone = (value: Record<string, unknown>): boolean => Object.keys(value).length === 0;
const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : String(value);

function label(key: string): string {
  const words = key.replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
