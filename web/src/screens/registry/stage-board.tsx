import { MoreHorizontal } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { path } from '../../frame/router.ts';
import { formatAgo } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { IconButton } from '../../shared/ui/button.tsx';
import { Menu } from '../../shared/ui/menu.tsx';
import type { Version } from './registry-queries.ts';
import { StageDialog } from './stage-dialog.tsx';
import { type Stage, useStages } from './use-stages.ts';
import { Semver } from './versions-table.tsx';

/** Those of the model, and what versions are left in that a policy had once. */
function lanesOf(stages: readonly Stage[], versions: readonly Version[]): readonly Stage[] {
  const known = new Set(stages.map(({ name }) => name));
  const left = versions.flatMap(({ current_stage: stage = 'None' }) =>
    known.has(stage) ? [] : stage,
  );
  return [...stages, ...[...new Set(left)].map((name) => ({ name, acts_as: 'None' }))];
}

/** Versions by the stage that they are in. */
export function StageBoard({
  name,
  versions,
  isPartial,
}: {
  readonly name: string;
  /** With the latest of each stage, however old it is. */
  readonly versions: readonly Version[];
  /** Whether there are older ones. */
  readonly isPartial: boolean;
}) {
  const mayEdit = useMay('registered_model', name).edit;
  const stages = useStages(name);
  const lanes = lanesOf(stages, versions);
  const [moving, setMoving] = useState<{ version: Version; to: string }>();
  return (
    <div className="board">
      {lanes.map(({ name: stage, acts_as: kind }) => {
        const here = versions.filter(({ current_stage = 'None' }) => current_stage === stage);
        return (
          <section key={stage} className={`lane ${kind.toLowerCase()}`} aria-label={stage}>
            <header>
              <h2>{stage}</h2>
              <span className="count">
                {here.length}
                {/* The latest of each stage is here: what is empty has no older ones either. */}
                {isPartial && here.length > 0 ? '+' : ''}
              </span>
            </header>
            {here.map((version) => (
              <article key={version.version} className="version-card">
                <header>
                  <a href={`#${path`/models/${name}/versions/${version.version ?? ''}`}`}>
                    Version {version.version}
                  </a>
                  {mayEdit ? (
                    <Menu
                      trigger={
                        <IconButton className="small" label={`Move version ${version.version}`}>
                          <MoreHorizontal size={15} />
                        </IconButton>
                      }
                      items={stages
                        .filter(({ name: to }) => to !== stage)
                        .map(({ name: to }) => ({
                          label: `Move to ${to}`,
                          onSelect: () => setMoving({ version, to }),
                        }))}
                    />
                  ) : null}
                </header>
                <Semver name={name} version={version.version ?? ''} />
                <span className="chips">
                  {(version.aliases ?? []).map((alias) => (
                    <Badge key={alias} tone="info">
                      @{alias}
                    </Badge>
                  ))}
                </span>
                <small className="muted">{formatAgo(version.last_updated_timestamp)}</small>
              </article>
            ))}
            {here.length === 0 ? <p className="muted">None</p> : null}
          </section>
        );
      })}
      {moving === undefined ? null : (
        <StageDialog
          name={name}
          version={moving.version.version ?? ''}
          to={moving.to}
          onClose={() => setMoving(undefined)}
        />
      )}
    </div>
  );
}
