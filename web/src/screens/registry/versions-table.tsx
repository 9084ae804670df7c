import { useQuery } from '@tanstack/react-query';
import { path } from '../../frame/router.ts';
import { formatAgo, formatTime, plainText } from '../../shared/format.ts';
import { Badge, Stage } from '../../shared/ui/badge.tsx';
import { semverQuery, type Version } from './registry-queries.ts';

const STATES: Readonly<Record<string, string>> = {
  PENDING_REGISTRATION: 'Pending',
  FAILED_REGISTRATION: 'Failed',
};

export function VersionsTable({
  name,
  versions,
}: {
  readonly name: string;
  readonly versions: readonly Version[];
}) {
  const hasUsers = versions.some((version) => version.user_id);
  return (
    <div className="table-wrap">
      <table className="list stacks">
        <thead>
          <tr>
            <th>Version</th>
            <th>Semantic</th>
            <th>Stage</th>
            <th>Aliases</th>
            {hasUsers ? <th>By</th> : null}
            <th>Created</th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <Row key={version.version} name={name} version={version} hasUsers={hasUsers} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  name,
  version: of,
  hasUsers,
}: {
  readonly name: string;
  readonly version: Version;
  readonly hasUsers: boolean;
}) {
  const { version = '', status = '', current_stage: stage, aliases = [] } = of;
  return (
    <tr>
      <td>
        <a className="name-link" href={`#${path`/models/${name}/versions/${version}`}`}>
          Version {version}
        </a>{' '}
        {STATES[status] === undefined ? null : (
          <Badge tone={status.startsWith('FAILED') ? 'bad' : 'warn'}>{STATES[status]}</Badge>
        )}
        {of.description ? <p className="one-line muted">{plainText(of.description)}</p> : null}
      </td>
      <td data-label="Semantic">
        <Semver name={name} version={version} />
      </td>
      <td data-label="Stage">
        {stage === undefined || stage === 'None' ? (
          <span className="muted">None</span>
        ) : (
          <Stage stage={stage} />
        )}
      </td>
      <td data-label="Aliases">
        {aliases.length === 0 ? null : (
          <span className="chips">
            {aliases.map((alias) => (
              <Badge key={alias} tone="info">
                @{alias}
              </Badge>
            ))}
          </span>
        )}
      </td>
      {hasUsers ? (
        <td className="muted" data-label="By">
          {of.user_id ?? ''}
        </td>
      ) : null}
      <td className="muted" data-label="Created" title={formatTime(of.creation_timestamp)}>
        {formatAgo(of.creation_timestamp)}
      </td>
    </tr>
  );
}

/** The version's number in semantic versioning, once the server has found it. */
export function Semver({ name, version }: { readonly name: string; readonly version: string }) {
  const { data } = useQuery(semverQuery(name, version));
  if (data?.duplicate_of) return <span className="muted">as version {data.duplicate_of}</span>;
  if (data?.semver === undefined) return <span className="muted">—</span>;
  return <code className="semver">{data.semver}</code>;
}
