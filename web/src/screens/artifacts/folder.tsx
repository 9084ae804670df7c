import { useInfiniteQuery } from '@tanstack/react-query';
import {
  ChevronDown,
  ChevronRight,
  File,
  FileCode,
  FileImage,
  FileText,
  FolderClosed,
} from 'lucide-react';
import { useState } from 'react';
import { formatBytes, numberOf } from '../../shared/format.ts';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { kindOf } from './kind.ts';
import type { FileInfo, Source } from './source.ts';

export function useFolder(source: Source, path: string) {
  return useInfiniteQuery({
    queryKey: [...source.key, path],
    initialPageParam: '',
    queryFn: ({ pageParam }) => source.list(path, pageParam),
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
}

interface FolderProps {
  readonly source: Source;
  readonly path: string;
  readonly chosen: string;
  readonly onChoose: (path: string, size: number) => void;
}

/** The files and folders of one folder; folders are asked for when they are opened. */
export function Folder({ source, path, chosen, onChoose }: FolderProps) {
  const folder = useFolder(source, path);
  if (folder.error) return <ErrorNote error={folder.error} retry={() => void folder.refetch()} />;
  if (folder.isPending) return <p className="muted">…</p>;
  const files = folder.data.pages
    .flatMap(({ files = [] }) => files)
    .sort((a, b) => Number(b.is_dir ?? false) - Number(a.is_dir ?? false));
  return (
    <ul>
      {files.map((file) => (
        <Entry key={file.path} {...{ source, path, chosen, onChoose }} file={file} />
      ))}
      {folder.hasNextPage ? (
        <li>
          <Button kind="quiet" className="small" onClick={() => void folder.fetchNextPage()}>
            More files
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

function Entry({ file, source, chosen, onChoose }: FolderProps & { readonly file: FileInfo }) {
  const { path = '', is_dir: isFolder = false } = file;
  const [open, setOpen] = useState(chosen.startsWith(`${path}/`));
  const name = path.slice(path.lastIndexOf('/') + 1);
  // Nothing is said of the size of an empty file, as with MLflow.
  const size = numberOf(file.file_size ?? 0);
  if (!isFolder) {
    return (
      <li>
        <button
          type="button"
          className="entry"
          aria-current={chosen === path}
          onClick={() => onChoose(path, size)}
        >
          <Icon name={name} />
          <span>{name}</span>
          <small>{formatBytes(size)}</small>
        </button>
      </li>
    );
  }
  return (
    <li>
      <button type="button" className="entry" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
        <FolderClosed size={15} aria-hidden />
        <span>{name}</span>
      </button>
      {open ? <Folder {...{ source, path, chosen, onChoose }} /> : null}
    </li>
  );
}

function Icon({ name }: { readonly name: string }) {
  const kind = kindOf(name);
  const props = { size: 15, 'aria-hidden': true, className: 'file-icon' } as const;
  if (kind === 'image') return <FileImage {...props} />;
  if (kind === 'json' || kind === 'html') return <FileCode {...props} />;
  return kind === 'none' ? <File {...props} /> : <FileText {...props} />;
}
