import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Params, useSearch } from '../../frame/router.ts';
import type { Schema } from '../../shared/api.ts';
import { formatAgo } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page, Section } from '../../shared/ui/page.tsx';
import { differences } from './differences.ts';
import './prompts.css';
import { promptVersionsQuery } from './prompts-queries.ts';

type Version = Schema<'ModelVersion'>;

const textOf = (version: Version | undefined): string =>
  version?.tags?.find(({ key }) => key === 'mlflow.prompt.text')?.value ?? '';

/** A prompt: its versions, and two of them side by side. */
export function PromptScreen({ params }: { readonly params: Params }) {
  const { name = '' } = params;
  const [search, setSearch] = useSearch();
  const list = useInfiniteQuery(promptVersionsQuery(name));
  const versions = list.data?.pages.flatMap((page) => page.model_versions ?? []) ?? [];
  const find = (version: string | null) => versions.find((one) => one.version === version);
  const after = find(search.get('after')) ?? versions[0];
  const before = find(search.get('before')) ?? versions[1] ?? versions[0];
  return (
    <Page title={name} crumbs={[{ text: 'Prompts', to: '/prompts' }]}>
      <Asked query={list}>
        {() =>
          after === undefined ? (
            <Empty title="No versions yet" />
          ) : (
            <div className="stack">
              <Section
                title="Compare"
                actions={
                  <div className="toolbar">
                    {(['before', 'after'] as const).map((side) => (
                      <select
                        key={side}
                        aria-label={side === 'before' ? 'Old version' : 'New version'}
                        value={(side === 'before' ? before : after)?.version}
                        onChange={(event) => setSearch({ [side]: event.target.value })}
                      >
                        {versions.map(({ version }) => (
                          <option key={version} value={version}>
                            Version {version}
                          </option>
                        ))}
                      </select>
                    ))}
                  </div>
                }
              >
                <Difference before={textOf(before)} after={textOf(after)} />
              </Section>
              <Section title="Versions">
                <ul className="prompt-versions">
                  {versions.map((one) => (
                    <li key={one.version}>
                      <b>Version {one.version}</b>{' '}
                      {(one.aliases ?? []).map((alias) => (
                        <Badge key={alias} tone="info">
                          @{alias}
                        </Badge>
                      ))}{' '}
                      <span className="muted">{formatAgo(one.creation_timestamp)}</span>
                      {one.description ? <p>{one.description}</p> : null}
                    </li>
                  ))}
                </ul>
                <More list={list} />
              </Section>
            </div>
          )
        }
      </Asked>
    </Page>
  );
}

function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  const pairs = useMemo(() => differences(before, after), [before, after]);
  return (
    <div className="table-wrap">
      <table className="difference">
        <thead>
          <tr>
            <th>Old</th>
            <th>New</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair, index) => {
            const same = pair.before === pair.after;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
              <tr key={index}>
                <td className={same || pair.before === undefined ? '' : 'removed'}>
                  {same || pair.before === undefined ? pair.before : <del>{pair.before}</del>}
                </td>
                <td className={same || pair.after === undefined ? '' : 'added'}>
                  {same || pair.after === undefined ? pair.after : <ins>{pair.after}</ins>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
