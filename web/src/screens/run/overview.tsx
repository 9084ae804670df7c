import { useMutation, useQueryClient } from '@tanstack/react-query';
import { GitCommitHorizontal } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { path } from '../../frame/router.ts';
import { api, type Schema } from '../../shared/api.ts';
import { byName, formatDuration, formatNumber, formatTime, numberOf } from '../../shared/format.ts';
import { Copy } from '../../shared/ui/copy.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { NoteEditor } from '../../shared/ui/note-editor.tsx';
import { notifyError } from '../../shared/ui/notices.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { Tags } from '../../shared/ui/tags.tsx';
import { Datasets } from './datasets.tsx';
import { commitLink } from './git.ts';
import { RunModels } from './run-models.tsx';

type Run = Schema<'Run'>;
const NOTE = 'mlflow.note.content';

/** What a run is, in words and numbers. */
export function Overview({ run, mayEdit }: { readonly run: Run; readonly mayEdit: boolean }) {
  const id = run.info?.run_id ?? '';
  const tags = new Map((run.data?.tags ?? []).map(({ key = '', value = '' }) => [key, value]));
  const { setTag, deleteTag } = useTags(id);
  const models = [
    ...(run.outputs?.model_outputs ?? []),
    ...(run.inputs?.model_inputs ?? []),
  ].flatMap(({ model_id }) => model_id ?? []);
  return (
    <div className="overview">
      <div className="stack">
        <NoteEditor
          title="Notes"
          text={tags.get(NOTE) ?? ''}
          onSave={mayEdit ? (value) => setTag.mutateAsync({ key: NOTE, value }) : undefined}
        />
        <ValueTable
          title="Metrics"
          rows={(run.data?.metrics ?? []).map(({ key = '', value }) => [
            key,
            formatNumber(value),
            String(value),
          ])}
        />
        <ValueTable
          title="Parameters"
          rows={(run.data?.params ?? []).map(({ key = '', value = '' }) => [key, value, value])}
        />
      </div>
      <div className="stack">
        <Details run={run} tags={tags} />
        <Section title="Tags">
          <Tags
            tags={run.data?.tags ?? []}
            onSet={mayEdit ? (key, value) => setTag.mutate({ key, value }) : undefined}
            onDelete={mayEdit ? (key) => deleteTag.mutate(key) : undefined}
          />
        </Section>
        <Datasets inputs={run.inputs?.dataset_inputs ?? []} />
        <RunModels experimentId={run.info?.experiment_id ?? ''} runId={id} modelIds={models} />
      </div>
    </div>
  );
}

function Details({ run, tags }: { readonly run: Run; readonly tags: ReadonlyMap<string, string> }) {
  const { info } = run;
  const id = info?.run_id ?? '';
  const experiment = info?.experiment_id ?? '';
  const parent = tags.get('mlflow.parentRunId');
  const end = info?.status === 'RUNNING' ? Date.now() : numberOf(info?.end_time);
  const children = new URLSearchParams({ filter: `tags.mlflow.parentRunId = '${id}'` });
  return (
    <Section title="Details">
      <Facts
        facts={[
          ['Started', formatTime(info?.start_time)],
          ['Duration', formatDuration(end - numberOf(info?.start_time))],
          ['User', info?.user_id || tags.get('mlflow.user') || '—'],
          ['Source', <SourceOf key="s" name={tags.get('mlflow.source.name') ?? '—'} />],
          gitFact(tags),
          parent === undefined
            ? undefined
            : [
                'Parent run',
                <a key="p" href={`#${path`/experiments/${experiment}/runs/${parent}`}`}>
                  {parent}
                </a>,
              ],
          [
            'Child runs',
            <a key="c" href={`#${path`/experiments/${experiment}`}?${children}`}>
              Show
            </a>,
          ],
          [
            'Run id',
            <span key="i" className="with-copy">
              <code>{id}</code>
              <Copy text={id} />
            </span>,
          ],
          ['Artifacts', <code key="a">{info?.artifact_uri}</code>],
        ]}
      />
    </Section>
  );
}

/** Where a run was started from: a file, or a project in the web. */
function SourceOf({ name }: { readonly name: string }) {
  if (!/^https?:\/\//i.test(name)) return name;
  return (
    <a href={name} target="_blank" rel="noopener noreferrer">
      {name}
    </a>
  );
}

function gitFact(tags: ReadonlyMap<string, string>): readonly [string, ReactNode] | undefined {
  const commit = tags.get('mlflow.source.git.commit');
  if (commit === undefined || commit === '') return undefined;
  const link = commitLink(tags.get('mlflow.source.git.repoURL'), commit);
  const text = (
    <>
      <GitCommitHorizontal size={14} aria-hidden /> <code>{commit.slice(0, 10)}</code>
    </>
  );
  return [
    'Commit',
    <span key="commit" className="with-copy">
      {link === undefined ? (
        text
      ) : (
        <a href={link} target="_blank" rel="noopener noreferrer">
          {text}
        </a>
      )}
      <Copy text={commit} label="Copy the commit" />
    </span>,
  ];
}

function ValueTable({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly (readonly [key: string, shown: string, whole: string])[];
}) {
  const [search, setSearch] = useState('');
  const sorted = [...rows].sort(([a], [b]) => byName(a, b));
  const found = sorted.filter(([key]) => key.toLowerCase().includes(search.toLowerCase()));
  return (
    <Section
      title={`${title} (${rows.length})`}
      actions={
        rows.length > 8 ? (
          <input
            type="search"
            className="small-input"
            placeholder="Find"
            aria-label={`Find in ${title.toLowerCase()}`}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        ) : null
      }
    >
      {rows.length === 0 ? <p className="muted">None were logged.</p> : null}
      {rows.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
        <section className="value-scroll" tabIndex={0} aria-label={title}>
          <table className="list tight values">
            <tbody>
              {found.slice(0, 1_000).map(([key, shown, whole]) => (
                <tr key={key}>
                  <th scope="row">{key}</th>
                  <td title={whole.slice(0, 500)}>{shown}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Section>
  );
}

function useTags(runId: string) {
  const queries = useQueryClient();
  const shared = {
    onSuccess: () => queries.invalidateQueries({ queryKey: ['run', runId] }),
    onError: notifyError,
  };
  const setTag = useMutation({
    ...shared,
    mutationFn: (tag: { key: string; value: string }) =>
      api.POST('/api/2.0/mlflow/runs/set-tag', { body: { run_id: runId, ...tag } }),
  });
  const deleteTag = useMutation({
    ...shared,
    mutationFn: (key: string) =>
      api.POST('/api/2.0/mlflow/runs/delete-tag', { body: { run_id: runId, key } }),
  });
  return { setTag, deleteTag };
}
