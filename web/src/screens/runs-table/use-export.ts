import { useEffect, useRef, useState } from 'react';
import { formatCount } from '../../shared/format.ts';
import { notify, notifyError } from '../../shared/ui/notices.tsx';
import type { Column, Run } from './columns.ts';
import { csvHead, csvLines, saveText } from './csv.ts';
import { searchPage } from './runs-query.ts';
import type { View } from './view.ts';

const PAGE = 1_000;

/** Exports all runs of a view, page by page, those that were never scrolled to included. */
export function useExport(experimentId: string, view: View, columns: readonly Column[]) {
  const [running, setRunning] = useState<number>();
  const abort = useRef<AbortController>(null);
  // Whoever leaves the screen no longer waits for the file.
  useEffect(() => () => abort.current?.abort(), []);

  const start = async () => {
    const controller = new AbortController();
    abort.current = controller;
    // Lines are kept and not runs: of these a browser can't hold hundreds of thousands.
    const parts = [csvHead(columns)];
    let count = 0;
    setRunning(0);
    try {
      let token: string | undefined = '';
      while (token !== undefined) {
        const page: { runs?: Run[]; next_page_token?: string } = await searchPage(
          experimentId,
          view,
          token,
          PAGE,
          controller.signal,
        );
        const { runs = [] } = page;
        parts.push(csvLines(runs, columns));
        count += runs.length;
        setRunning(count);
        token = page.next_page_token || undefined;
      }
      saveText(`runs-of-experiment-${experimentId}.csv`, new Blob(parts));
      notify(`Exported ${formatCount(count)} ${count === 1 ? 'run' : 'runs'}`);
    } catch (error) {
      if (!controller.signal.aborted) notifyError(error as Error);
    } finally {
      setRunning(undefined);
    }
  };
  return { running, start: () => void start(), stop: () => abort.current?.abort() };
}
