import { Database } from 'lucide-react';
import type { Schema } from '../../shared/api.ts';
import { formatCount } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Section } from '../../shared/ui/page.tsx';

/** What a run has read. */
export function Datasets({ inputs }: { readonly inputs: readonly Schema<'DatasetInput'>[] }) {
  if (inputs.length === 0) return null;
  return (
    <Section title="Datasets">
      <ul className="items">
        {inputs.map(({ dataset, tags = [] }) => {
          const context = tags.find(({ key }) => key === 'mlflow.data.context')?.value;
          const columns = columnsIn(dataset?.schema);
          return (
            <li key={`${dataset?.name} ${dataset?.digest}`}>
              <Database size={16} aria-hidden />
              <div>
                <b>{dataset?.name}</b>{' '}
                {context === undefined ? null : <Badge tone="info">{context}</Badge>}
                <p className="muted">
                  <code>{dataset?.digest}</code> · {dataset?.source_type}
                  {rowsIn(dataset?.profile)}
                </p>
                {columns.length === 0 ? null : (
                  <details>
                    <summary>{columns.length} columns</summary>
                    <table className="list tight">
                      <tbody>
                        {columns.slice(0, 200).map(([name, type]) => (
                          <tr key={name}>
                            <td>{name}</td>
                            <td className="muted">{type}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </details>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function columnsIn(schema: string | undefined): readonly (readonly [string, string])[] {
  const list = parsed(schema).mlflow_colspec;
  if (!Array.isArray(list)) return [];
  return list.map((column: Record<string, unknown>) => [
    String(column.name ?? ''),
    String(column.type ?? ''),
  ]);
}

function rowsIn(profile: string | undefined): string {
  const rows = parsed(profile).num_rows;
  return typeof rows === 'number' ? ` · ${formatCount(rows)} rows` : '';
}
