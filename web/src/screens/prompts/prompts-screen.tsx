import { useDeferredValue } from 'react';
import { path, useSearch } from '../../frame/router.ts';
import { formatAgo } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import './prompts.css';
import { promptsQuery } from './prompts-queries.ts';

/** All prompts. */
export function PromptsScreen() {
  const [search, setSearch] = useSearch();
  const text = search.get('search') ?? '';
  const { list, things: prompts } = usePages(
    promptsQuery(useDeferredValue(text.trim())),
    (page) => page.registered_models,
  );
  return (
    <Page title="Prompts">
      <div className="stack">
        <input
          type="search"
          aria-label="Search prompts by name"
          placeholder="Search prompts by name"
          value={text}
          onChange={(event) => setSearch({ search: event.target.value }, { replace: true })}
        />
        <Asked query={list}>
          {() =>
            prompts.length === 0 ? (
              <Empty title={text === '' ? 'No prompts yet' : 'No prompt has such a name'}>
                <code>mlflow.genai.register_prompt</code> makes the first one.
              </Empty>
            ) : (
              <div className="table-wrap">
                <table className="list">
                  <thead>
                    <tr>
                      <th>Name</th>
                      <th>Changed</th>
                    </tr>
                  </thead>
                  <tbody>
                    {prompts.map(({ name = '', last_updated_timestamp: changed }) => (
                      <tr key={name}>
                        <td>
                          <a href={`#${path`/prompts/${name}`}`}>{name}</a>
                        </td>
                        <td className="muted">{formatAgo(changed)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Asked>
        <More list={list} />
      </div>
    </Page>
  );
}
