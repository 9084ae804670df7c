import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { fetchFile } from '../../shared/api.ts';
import { formatBytes } from '../../shared/format.ts';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { FileLink } from '../../shared/ui/file-link.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Markdown } from '../../shared/ui/markdown.tsx';
import { beginningOf } from './beginning.ts';
import { HtmlFrame } from './html-frame.tsx';
import { indented } from './indented.ts';
import { imageType, kindOf } from './kind.ts';
import type { Source } from './source.ts';
import { TablePreview, tableOfJson } from './table-preview.tsx';

/** More than this isn't fetched to be looked at, but for the beginning of a text. */
const MOST_BYTES = 10 * 1024 * 1024;
const TEXTS: readonly string[] = ['text', 'markdown', 'table', 'json'];
/** More than this isn't laid out as text. */
const MOST_LETTERS = 300_000;

/** What a file holds, as far as a browser can show it, and a way to have it whole. */
export function Preview({
  source,
  path,
  size,
}: {
  readonly source: Source;
  readonly path: string;
  readonly size: number;
}) {
  const kind = kindOf(path);
  const url = source.file(path);
  const isLong = size > MOST_BYTES;
  return (
    <>
      <header>
        <h2 className="file-name">{path}</h2>
        <FileLink className="button small" path={url}>
          <Download size={14} aria-hidden /> Download {formatBytes(size)}
        </FileLink>
      </header>
      {kind === 'none' || (isLong && !TEXTS.includes(kind)) ? (
        <Empty title="No preview">
          {isLong ? 'The file is too long' : 'Files of this kind are not shown'}; it can be
          downloaded.
        </Empty>
      ) : (
        <Content url={url} path={path} isLong={isLong} />
      )}
    </>
  );
}

function Content({
  url,
  path,
  isLong,
}: {
  readonly url: string;
  readonly path: string;
  readonly isLong: boolean;
}) {
  const kind = kindOf(path);
  const file = useQuery({
    queryKey: ['file', url],
    queryFn: async ({ signal }) => {
      const response = await fetchFile(url, signal);
      return isLong ? beginningOf(response) : response.blob();
    },
    staleTime: 30_000,
    gcTime: 60_000,
  });
  if (file.error) return <ErrorNote error={file.error} retry={() => void file.refetch()} />;
  if (file.data === undefined) return <Loading lines={5} />;
  if (kind === 'image') return <Picture blob={file.data} path={path} />;
  if (kind === 'pdf') return <Pdf blob={file.data} path={path} />;
  return (
    <>
      <TextContent blob={file.data} path={path} isLong={isLong} />
      {isLong ? (
        <p className="muted">The beginning of a longer file, which can be downloaded.</p>
      ) : null}
    </>
  );
}

function TextContent({
  blob,
  path,
  isLong,
}: {
  readonly blob: Blob;
  readonly path: string;
  readonly isLong: boolean;
}) {
  const [text, setText] = useState<string>();
  useEffect(() => {
    let isOver = false;
    void blob.text().then((read) => {
      if (!isOver) setText(read);
    });
    return () => {
      isOver = true;
    };
  }, [blob]);
  if (text === undefined) return <Loading lines={5} />;
  if (text === '') return <p className="muted">The file is empty.</p>;
  switch (kindOf(path)) {
    case 'html':
      return <HtmlFrame html={text} title={path} />;
    case 'table':
      return (
        <TablePreview
          text={isLong ? wholeLines(text) : text}
          separator={path.toLowerCase().endsWith('.tsv') ? '\t' : ','}
        />
      );
    case 'markdown':
      return <Markdown text={text.slice(0, MOST_LETTERS)} />;
    case 'json': {
      const rows = tableOfJson(text);
      return rows === undefined ? <Plain text={indented(text)} /> : <TablePreview rows={rows} />;
    }
    default:
      return <Plain text={text} />;
  }
}

function Plain({ text }: { readonly text: string }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <pre className="plain-text" tabIndex={0}>
        {text.slice(0, MOST_LETTERS)}
      </pre>
      {text.length > MOST_LETTERS ? <p className="muted">The beginning of a longer text.</p> : null}
    </>
  );
}

/** A text that was cut without the line that it was cut in. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1) || text;

/** An address of bytes in the browser, for as long as it is shown. */
function useObjectUrl(blob: Blob, type: string): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([blob], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob, type]);
  return url;
}

function Picture({ blob, path }: { readonly blob: Blob; readonly path: string }) {
  const url = useObjectUrl(blob, imageType(path));
  const [isBroken, setBroken] = useState(false);
  if (isBroken) {
    return <Empty title="No preview">The file is no picture that this browser can show.</Empty>;
  }
  return url === undefined ? null : (
    <img className="picture" src={url} alt={path} onError={() => setBroken(true)} />
  );
}

/**
 * The browser's own viewer, which runs apart from this page. The type is given here, so a file that
 * is something else is not shown as that.
 */
function Pdf({ blob, path }: { readonly blob: Blob; readonly path: string }) {
  const url = useObjectUrl(blob, 'application/pdf');
  if (!navigator.pdfViewerEnabled) {
    return <Empty title="No preview">This browser shows no PDF; the file can be downloaded.</Empty>;
  }
  return url === undefined ? null : <iframe className="frame" src={url} title={path} />;
}
