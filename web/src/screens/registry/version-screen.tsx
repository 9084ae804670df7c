import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { type Params, path, useSearch } from '../../frame/router.ts';
import { api } from '../../shared/api.ts';
import { withShortDigests } from '../../shared/format.ts';
import { Badge, Stage } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Menu } from '../../shared/ui/menu.tsx';
import { NoteEditor } from '../../shared/ui/note-editor.tsx';
import { notifyError } from '../../shared/ui/notices.tsx';
import { Page, Section } from '../../shared/ui/page.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import { Tags } from '../../shared/ui/tags.tsx';
import { Aliases } from './aliases.tsx';
import { Lineage } from './lineage.tsx';
import { semverQuery, type Version, versionQuery } from './registry-queries.ts';
import './registry.css';
import { StageDialog } from './stage-dialog.tsx';
import { useStages } from './use-stages.ts';
import { VersionDetails } from './version-details.tsx';
import { VersionFiles } from './version-files.tsx';
import { VersionSignature } from './version-signature.tsx';

/** One version of a model. */
export function VersionScreen({ params }: { readonly params: Params }) {
  const { name = '', version = '' } = params;
  const [search, setSearch] = useSearch();
  const query = useQuery(versionQuery(name, version));
  const semver = useQuery(semverQuery(name, version)).data?.semver;
  const stages = useStages(name);
  const [to, setTo] = useState<string>();
  const mayEdit = useMay('registered_model', name).edit;
  const crumbs = [
    { text: 'Models', to: '/models' },
    { text: name, to: path`/models/${name}` },
  ];
  const of = query.data;
  if (of === undefined) {
    return (
      <Page title={`Version ${version}`} crumbs={crumbs}>
        {query.error ? (
          <ErrorNote error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Loading />
        )}
      </Page>
    );
  }
  const { current_stage: stage = 'None', aliases = [] } = of;
  return (
    <Page
      title={`Version ${version}`}
      crumbs={crumbs}
      beside={
        <>
          {semver === undefined ? null : <code className="semver">{semver}</code>}
          <Stage stage={stage} />
          {aliases.map((alias) => (
            <Badge key={alias} tone="info">
              @{alias}
            </Badge>
          ))}
        </>
      }
      actions={
        <>
          <a className="button" href={`#${path`/models/${name}/versions/${version}/readiness`}`}>
            Readiness
          </a>
          {mayEdit ? (
            <Menu
              trigger={
                <Button>
                  Stage: {stage} <ChevronDown size={15} aria-hidden />
                </Button>
              }
              items={stages
                .filter((each) => each.name !== stage)
                .map((each) => ({
                  label: `Move to ${each.name}`,
                  onSelect: () => setTo(each.name),
                }))}
            />
          ) : null}
        </>
      }
    >
      <Tabs
        label="Parts of the version"
        value={search.get('tab') ?? 'overview'}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          {
            id: 'overview',
            label: 'Overview',
            content: () => <Overview name={name} version={of} mayEdit={mayEdit} />,
          },
          {
            id: 'signature',
            label: 'Signature',
            content: () => <VersionSignature name={name} version={version} />,
          },
          {
            id: 'files',
            label: 'Files',
            content: () => <VersionFiles name={name} version={version} />,
          },
          {
            id: 'lineage',
            label: 'Lineage',
            content: () => <Lineage name={name} version={of} />,
          },
        ]}
      />
      {to === undefined ? null : (
        <StageDialog name={name} version={version} to={to} onClose={() => setTo(undefined)} />
      )}
    </Page>
  );
}

function Overview({
  name,
  version: of,
  mayEdit,
}: {
  readonly name: string;
  readonly version: Version;
  readonly mayEdit: boolean;
}) {
  const queries = useQueryClient();
  const { version = '' } = of;
  const shared = {
    onSuccess: () => queries.invalidateQueries({ queryKey: ['model', name] }),
    onError: notifyError,
  };
  const describe = useMutation({
    ...shared,
    mutationFn: (description: string) =>
      api.PATCH('/api/2.0/mlflow/model-versions/update', { body: { name, version, description } }),
  });
  const setTag = useMutation({
    ...shared,
    mutationFn: (tag: { key: string; value: string }) =>
      api.POST('/api/2.0/mlflow/model-versions/set-tag', { body: { name, version, ...tag } }),
  });
  const deleteTag = useMutation({
    ...shared,
    mutationFn: (key: string) =>
      api.DELETE('/api/2.0/mlflow/model-versions/delete-tag', { body: { name, version, key } }),
  });
  return (
    <div className="overview-two">
      <div className="stack">
        <NoteEditor
          title="Description"
          text={of.description ?? ''}
          onSave={mayEdit ? (text) => describe.mutateAsync(text) : undefined}
        />
        <SemverReasons name={name} version={version} />
      </div>
      <div className="stack">
        <VersionDetails version={of} />
        <Section title="Aliases">
          <Aliases name={name} version={version} aliases={of.aliases ?? []} mayEdit={mayEdit} />
        </Section>
        <Section title="Tags">
          <Tags
            tags={of.tags ?? []}
            onSet={mayEdit ? (key, value) => setTag.mutate({ key, value }) : undefined}
            onDelete={mayEdit ? (key) => deleteTag.mutate(key) : undefined}
          />
        </Section>
      </div>
    </div>
  );
}

/** Why the version has the number that it has. */
function SemverReasons({ name, version }: { readonly name: string; readonly version: string }) {
  const { data } = useQuery(semverQuery(name, version));
  if (data?.semver === undefined) return null;
  return (
    <Section title={`Why it is ${data.semver}`}>
      <ul className="reasons">
        {(data.reasons ?? []).map(({ level = '', code, message }) => (
          <li key={`${code} ${message}`}>
            <Badge tone={level === 'major' ? 'bad' : level === 'minor' ? 'warn' : 'neutral'}>
              {level}
            </Badge>
            <span title={message}>{withShortDigests(message ?? '')}</span>
          </li>
        ))}
      </ul>
      {data.base ? <p className="muted">Compared with version {data.base}.</p> : null}
      {data.note ? <p>{data.note}</p> : null}
    </Section>
  );
}
