import { useSearch } from '../../frame/router.ts';
import { Empty } from '../../shared/ui/empty.tsx';
import { Folder, useFolder } from './folder.tsx';
import { Preview } from './preview.tsx';
import type { Source } from './source.ts';
import './artifacts.css';

/** A tree of files, and beside it what the chosen one holds. */
export function ArtifactsTab({ source }: { readonly source: Source }) {
  const [search, setSearch] = useSearch();
  const chosen = search.get('file') ?? '';
  const root = useFolder(source, '');
  const isEmpty = root.isSuccess && root.data.pages.every(({ files = [] }) => files.length === 0);
  if (isEmpty) {
    return (
      <Empty title="No artifacts">
        Files that are logged, such as plots and models, stand here.
      </Empty>
    );
  }
  return (
    <div className="artifacts">
      <nav className="card file-tree" aria-label="Files">
        <Folder
          source={source}
          path=""
          chosen={chosen}
          onChoose={(file, size) => setSearch({ file, size: String(size) })}
        />
      </nav>
      <div className="card file-view">
        {chosen === '' ? (
          <Empty title="Choose a file">Its content is shown here.</Empty>
        ) : (
          <Preview
            key={chosen}
            source={source}
            path={chosen}
            size={Number(search.get('size') ?? Number.NaN)}
          />
        )}
      </div>
    </div>
  );
}
