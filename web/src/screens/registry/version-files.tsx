import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { formatBytes, formatTime } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { FileLink } from '../../shared/ui/file-link.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { manifestQuery, versionFile } from './registry-queries.ts';

/** What the files were when the version was registered, and whether they still are that. */
export function VersionFiles({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}) {
  const manifest = useQuery(manifestQuery(name, version));
  if (manifest.error) {
    return <Empty title="No digests">{manifest.error.message}</Empty>;
  }
  if (manifest.data === undefined) return <Loading />;
  const { root_digest: root, weights_digest: weights, files = [], artifacts } = manifest.data;
  return (
    <div className="stack">
      <Section
        title="Digests"
        actions={
          artifacts === undefined ? null : (
            <Badge tone={artifacts === 'same' ? 'good' : 'bad'}>
              {artifacts === 'same' ? 'Unchanged since registration' : `Files: ${artifacts}`}
            </Badge>
          )
        }
      >
        <Facts
          facts={[
            ['All files', <Digest key="root" text={root} />],
            ['Weights', <Digest key="weights" text={weights} />],
            ['Taken', formatTime(manifest.data.creation_timestamp)],
          ]}
        />
      </Section>
      <div className="table-wrap">
        <table className="list">
          <thead>
            <tr>
              <th>File</th>
              <th className="end">Size</th>
              <th className="wide-only">SHA-256</th>
              <th>
                <span className="hidden">Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {files.map(({ path = '', size, sha256 }) => (
              <tr key={path}>
                <td className="break">{path}</td>
                <td className="end number">{formatBytes(size)}</td>
                <td className="wide-only">
                  <Digest text={sha256} short />
                </td>
                <td className="end">
                  <FileLink
                    className="icon-button"
                    path={versionFile(name, version, path)}
                    label={`Download ${path}`}
                  >
                    <Download size={15} />
                  </FileLink>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Digest({
  text,
  short = false,
}: {
  readonly text: string | undefined;
  readonly short?: boolean;
}) {
  if (text === undefined || text === '') return <span className="muted">—</span>;
  return (
    <span className="with-copy">
      <code title={text}>{short ? `${text.slice(0, 16)}…` : text}</code>
      <Copy text={text} label="Copy the digest" />
    </span>
  );
}
