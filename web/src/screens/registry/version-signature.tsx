import { useQuery } from '@tanstack/react-query';
import type { Schema } from '../../shared/api.ts';
import { Badge, type Tone } from '../../shared/ui/badge.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Section } from '../../shared/ui/page.tsx';
import type { Field } from './model-file.ts';
import { manifestQuery, modelFileQuery } from './registry-queries.ts';

/** What a model takes and gives, and how it is kept. */
export function VersionSignature({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}) {
  const manifest = useQuery(manifestQuery(name, version));
  const { onnx, files } = manifest.data ?? {};
  const isThere = files?.some((one) => one.path === 'MLmodel') ?? manifest.isError;
  const file = useQuery({ ...modelFileQuery(name, version), enabled: isThere });
  if (file.error) return <ErrorNote error={file.error} />;
  if (files !== undefined && !isThere) {
    return (
      <div className="stack">
        <Empty title="No signature">
          The version has no file <code>MLmodel</code>, which would say what it takes and gives.
        </Empty>
        {onnx === undefined || onnx.state === 'absent' ? null : <Onnx onnx={onnx} />}
      </div>
    );
  }
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
        {onnx === undefined || onnx.state === 'absent' ? null : <Onnx onnx={onnx} />}
        {flavors.map(({ name: flavor, facts }) => (
          <Section key={flavor} title={`Flavour ${flavor}`}>
            <Facts facts={facts.map(([key, value]) => [key.replaceAll('_', ' '), value])} />
          </Section>
        ))}
      </div>
    </div>
  );
}

/** What the server found in the ONNX files when it looked into them. */
function Onnx({ onnx }: { readonly onnx: NonNullable<Schema<'VersionManifest'>['onnx']> }) {
  const { state = '', opset, domains = [], problems = [] } = onnx;
  const [word, tone] = STATES[state] ?? [state, 'neutral'];
  return (
    <Section title="ONNX" actions={<Badge tone={tone}>{word}</Badge>}>
      <Facts
        facts={[
          ['Operator set', opset ?? 'None of the standard'],
          ['Other operators', domains.length === 0 ? 'None' : domains.join(', ')],
        ]}
      />
      {problems.length === 0 ? null : (
        <ul>
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const STATES: Readonly<Record<string, readonly [string, Tone]>> = {
  valid: ['Verified', 'good'],
  invalid: ['Broken', 'bad'],
  pending: ['Being verified', 'neutral'],
};

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
