import { useQuery } from '@tanstack/react-query';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Section } from '../../shared/ui/page.tsx';
import type { Field } from './model-file.ts';
import { modelFileQuery } from './registry-queries.ts';

/** What a model takes and gives, and how it is kept. */
export function VersionSignature({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}) {
  const file = useQuery(modelFileQuery(name, version));
  if (file.error) return <ErrorNote error={file.error} />;
  if (file.data === undefined) return <Loading />;
  const { inputs, outputs, params, flavors } = file.data;
  const none = inputs.length + outputs.length + params.length === 0;
  return (
    <div className="stack">
      {none ? (
        <Empty title="No signature">
          The model was logged without saying what it takes and gives.
        </Empty>
      ) : (
        <div className="grid-two">
          <Fields title="Inputs" fields={inputs} />
          <Fields title="Outputs" fields={outputs} />
          {params.length > 0 ? <Fields title="Parameters" fields={params} /> : null}
        </div>
      )}
      <div className="grid-two">
        {flavors.map(({ name: flavor, facts }) => (
          <Section key={flavor} title={flavor === 'onnx' ? 'ONNX' : flavor}>
            <Facts facts={facts.map(([key, value]) => [key.replaceAll('_', ' '), value])} />
          </Section>
        ))}
      </div>
    </div>
  );
}

function Fields({ title, fields }: { readonly title: string; readonly fields: readonly Field[] }) {
  return (
    <Section title={`${title} (${fields.length})`}>
      {fields.length === 0 ? (
        <p className="muted">None are named.</p>
      ) : (
        <table className="list tight">
          <thead>
            <tr>
              <th>Name</th>
              <th>Type</th>
              <th>Required</th>
            </tr>
          </thead>
          <tbody>
            {fields.slice(0, 500).map(({ name, type, required }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>
                  <code>{type}</code>
                </td>
                <td className="muted">{required ? 'Yes' : 'No'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
