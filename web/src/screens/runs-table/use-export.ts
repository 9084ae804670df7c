import { useRef, useState } from 'react';
import { notify, notifyError } from '../../shared/ui/notices.tsx';
import type { Column, Run } from './columns.ts';
import { csvOf, saveText } from './csv.ts';
import { searchPage } from './runs-query.ts';
import type { View } from './view.ts';

const PAGE = 1_000;

/** Exports all runs of a view, page by page, those that were never scrolled to included. */
export function useExport(experimentId: string, view: View, columns: readonly Column[]) {
  const [running, setRunning] = useState<number>();
  const abort = useRef<AbortController>(null);

  const start = async () => {
    const controller = new AbortController();
    abort.current = controller;
    const runs: Run[] = [];
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
        runs.push(...(page.runs ?? []));
        setRunning(runs.length);
        token = page.next_page_token || undefined;
      }
      saveText(`runs-of-experiment-${experimentId}.csv`, csvOf(runs, columns));
      notify(`Exported ${runs.length} runs`);
    } catch (error) {
      if (!controller.signal.aborted) notifyError(error as Error);
    } finally {
      setRunning(undefined);
    }
  };
  return { running, start: () => void start(), stop: () => abort.current?.abort() };
}
