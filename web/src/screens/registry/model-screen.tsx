import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMay } from '../../frame/may.ts';
import { type Params, path, useSearch } from '../../frame/router.ts';
import { api } from '../../shared/api.ts';
import { formatTime } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { More } from '../../shared/ui/more.tsx';
import { NoteEditor } from '../../shared/ui/note-editor.tsx';
import { notifyError } from '../../shared/ui/notices.tsx';
import { Page, Section } from '../../shared/ui/page.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import { Tags } from '../../shared/ui/tags.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { type Model, modelQuery, type Version, versionsQuery } from './registry-queries.ts';
import './registry.css';
import { StageBoard } from './stage-board.tsx';
import { VersionsTable } from './versions-table.tsx';

const MODELS = { text: 'Models', to: '/models' };

/** One registered model. */
export function ModelScreen({ params }: { readonly params: Params }) {
  const { name = '' } = params;
  const [search, setSearch] = useSearch();
  const model = useQuery(modelQuery(name));
  const { list, things: found } = usePages(versionsQuery(name), (page) => page.model_versions);
  // A search of versions leaves out the aliases, which the model has.
  const withAliases = (each: Version): Version => {
    const own = (model.data?.aliases ?? []).filter(({ version }) => version === each.version);
    return { ...each, aliases: own.flatMap(({ alias }) => alias ?? []) };
  };
  const versions = found.map(withAliases);
  // What is in production may be older than all versions that were fetched.
  const known = new Set(found.map(({ version }) => version));
  const staged = (model.data?.latest_versions ?? [])
    .filter(({ version }) => !known.has(version))
    .map(withAliases);
  if (model.data === undefined) {
    return (
      <Page title={name} crumbs={[MODELS]}>
        {model.error ? (
          <ErrorNote error={model.error} retry={() => void model.refetch()} />
        ) : (
          <Loading />
        )}
      </Page>
    );
  }
  const more = <More list={list} label="Show older versions" />;
  return (
    <Page title={name} crumbs={[MODELS]}>
      <Tabs
        label="Parts of the model"
        value={search.get('tab') ?? 'versions'}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          {
            id: 'versions',
            label: 'Versions',
            content: () => (
              <div className="stack">
                {list.error ? <ErrorNote error={list.error} /> : null}
                {list.isSuccess && versions.length === 0 ? (
                  <Empty title="No versions yet">Register one from a run.</Empty>
                ) : null}
                {versions.length > 0 ? <VersionsTable name={name} versions={versions} /> : null}
                {more}
              </div>
            ),
          },
          {
            id: 'stages',
            label: 'Stages',
            content: () => (
              <div className="stack">
                <StageBoard
                  name={name}
                  versions={[...versions, ...staged]}
                  isPartial={list.hasNextPage}
                />
                {more}
              </div>
            ),
          },
          {
            id: 'about',
            label: 'About',
            content: () => <About name={name} model={model.data} versions={versions} />,
          },
        ]}
      />
    </Page>
  );
}

function About({
  name,
  model,
  versions,
}: {
  readonly name: string;
  readonly model: Model;
  readonly versions: readonly Version[];
}) {
  const queries = useQueryClient();
  const mayEdit = useMay('registered_model', name).edit;
  const shared = {
    onSuccess: () => queries.invalidateQueries({ queryKey: ['model', name] }),
    onError: notifyError,
  };
  const describe = useMutation({
    ...shared,
    mutationFn: (description: string) =>
      api.PATCH('/api/2.0/mlflow/registered-models/update', { body: { name, description } }),
  });
  const setTag = useMutation({
    ...shared,
    mutationFn: (tag: { key: string; value: string }) =>
      api.POST('/api/2.0/mlflow/registered-models/set-tag', { body: { name, ...tag } }),
  });
  const deleteTag = useMutation({
    ...shared,
    mutationFn: (key: string) =>
      api.DELETE('/api/2.0/mlflow/registered-models/delete-tag', { body: { name, key } }),
  });
  return (
    <div className="overview-two">
      <NoteEditor
        title="Description"
        text={model.description ?? ''}
        onSave={mayEdit ? (text) => describe.mutateAsync(text) : undefined}
      />
      <div className="stack">
        <Section title="Details">
          <Facts
            facts={[
              ['Created', formatTime(model.creation_timestamp)],
              ['Changed', formatTime(model.last_updated_timestamp)],
              model.user_id ? ['Owner', model.user_id] : undefined,
              ['Newest version', versions[0]?.version ?? '—'],
            ]}
          />
        </Section>
        <Section title="Aliases">
          <span className="chips">
            {(model.aliases ?? []).map(({ alias, version = '' }) => (
              <a key={alias} href={`#${path`/models/${name}/versions/${version}`}`}>
                <Badge tone="info">
                  @{alias} v{version}
                </Badge>
              </a>
            ))}
            {(model.aliases ?? []).length === 0 ? (
              <span className="muted">A version gets aliases on its own page.</span>
            ) : null}
          </span>
        </Section>
        <Section title="Tags">
          <Tags
            tags={model.tags ?? []}
            onSet={mayEdit ? (key, value) => setTag.mutate({ key, value }) : undefined}
            onDelete={mayEdit ? (key) => deleteTag.mutate(key) : undefined}
          />
        </Section>
      </div>
    </div>
  );
}
