import { useQuery } from '@tanstack/react-query';
import { type Params, useSearch } from '../../frame/router.ts';
import type { Schema } from '../../shared/api.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page, Section } from '../../shared/ui/page.tsx';
import { Select } from '../../shared/ui/select.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import { Tags } from '../../shared/ui/tags.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { modelQuery } from '../registry/registry-queries.ts';
import { Difference } from './difference.tsx';
import { comparedText, messagesOf, rawText, variablesOf } from './prompt-text.ts';
import './prompts.css';
import { promptVersionsQuery } from './prompts-queries.ts';

type Version = Schema<'ModelVersion'>;

/** A prompt: its versions, what one of them says, and two of them side by side. */
export function PromptScreen({ params }: { readonly params: Params }) {
  const { name = '' } = params;
  const [search, setSearch] = useSearch();
  const { list, things: versions } = usePages(
    promptVersionsQuery(name),
    (page) => page.model_versions,
  );
  const model = useQuery(modelQuery(name));
  const aliases = model.data?.aliases ?? [];
  const find = (version: string | null) => versions.find((one) => one.version === version);
  const shown = find(search.get('version')) ?? versions[0];
  if (model.error) {
    return (
      <Page title={name} crumbs={[{ text: 'Prompts', to: '/prompts' }]}>
        <ErrorNote error={model.error} retry={() => void model.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={name}
      crumbs={[{ text: 'Prompts', to: '/prompts' }]}
      beside={<Copy text={name} label="Copy the prompt's name" />}
    >
      <Asked query={list}>
        {() =>
          shown === undefined ? (
            <Empty title="No versions yet">
              <code>mlflow.genai.register_prompt</code> makes the first one.
            </Empty>
          ) : (
            <Tabs
              label="Parts of the prompt"
              value={search.get('tab') ?? 'versions'}
              onChange={(tab) => setSearch({ tab })}
              tabs={[
                {
                  id: 'versions',
                  label: 'Versions',
                  content: () => (
                    <div className="prompt">
                      <nav className="card prompt-versions" aria-label="Versions">
                        <ul>
                          {versions.map((one) => (
                            <li key={one.version}>
                              <VersionButton
                                version={one}
                                aliases={aliases.flatMap(({ alias, version }) =>
                                  version === one.version ? (alias ?? []) : [],
                                )}
                                chosen={one === shown}
                                onChoose={() => setSearch({ version: one.version })}
                              />
                            </li>
                          ))}
                        </ul>
                        <More list={list} />
                      </nav>
                      <Content version={shown} />
                    </div>
                  ),
                },
                {
                  id: 'compare',
                  label: 'Compare',
                  content: () => (
                    <Compare
                      versions={versions}
                      before={find(search.get('before')) ?? versions[1] ?? shown}
                      after={find(search.get('after')) ?? versions[0] ?? shown}
                      onChoose={(side, version) => setSearch({ [side]: version })}
                    />
                  ),
                },
              ]}
            />
          )
        }
      </Asked>
    </Page>
  );
}

function VersionButton({
  version,
  aliases,
  chosen,
  onChoose,
}: {
  readonly version: Version;
  readonly aliases: readonly string[];
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <button type="button" aria-current={chosen} onClick={onChoose}>
      <span>
        <b>Version {version.version}</b>
        {aliases.map((alias) => (
          <Badge key={alias} tone="info">
            @{alias}
          </Badge>
        ))}
        <small>{formatAgo(version.creation_timestamp)}</small>
      </span>
      {version.description ? <span className="muted">{version.description}</span> : null}
    </button>
  );
}

function Content({ version }: { readonly version: Version }) {
  const variables = variablesOf(version);
  const load = `mlflow.genai.load_prompt(${JSON.stringify(`prompts:/${version.name}/${version.version}`)})`;
  return (
    <Section
      title={`Version ${version.version}`}
      actions={<Copy text={rawText(version)} label="Copy the template" />}
    >
      <div className="stack">
        {messagesOf(version).map(({ role, content }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a message is its place.
          <div key={index}>
            {role === undefined ? null : <h3 className="role">{role}</h3>}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
            <pre className="prompt-text" tabIndex={0}>
              {content}
            </pre>
          </div>
        ))}
        <Facts
          facts={[
            [
              'Variables',
              variables.length === 0 ? 'None' : <code key="v">{variables.join(', ')}</code>,
            ],
            ['Made', formatTime(version.creation_timestamp)],
            version.user_id ? ['By', version.user_id] : undefined,
            [
              'Load it',
              <span key="load" className="with-copy">
                <code>{load}</code>
                <Copy text={load} label="Copy the call" />
              </span>,
            ],
          ]}
        />
        <Tags tags={(version.tags ?? []).filter(({ key }) => !key?.startsWith('_mlflow'))} />
      </div>
    </Section>
  );
}

function Compare({
  versions,
  before,
  after,
  onChoose,
}: {
  readonly versions: readonly Version[];
  readonly before: Version;
  readonly after: Version;
  readonly onChoose: (side: 'before' | 'after', version: string) => void;
}) {
  const sides = [
    ['before', 'Old version', before],
    ['after', 'New version', after],
  ] as const;
  return (
    <Section
      title="What changed"
      actions={
        <div className="toolbar">
          {sides.map(([side, label, chosen]) => (
            <Select
              key={side}
              label={label}
              value={chosen.version ?? ''}
              options={versions.map(({ version = '' }) => [version, `Version ${version}`])}
              onChange={(version) => onChoose(side, version)}
            />
          ))}
        </div>
      }
    >
      <Difference before={comparedText(before)} after={comparedText(after)} />
    </Section>
  );
}
