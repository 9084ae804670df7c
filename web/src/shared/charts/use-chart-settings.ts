import { useMemo } from 'react';
import { type SetSearch, useSearch } from '../../frame/router.ts';
import type { ChartSettings, XAxis } from './series.ts';

/** How curves are drawn, as the address says. */
export function useChartSettings(): [ChartSettings, SetSearch] {
  const [search, set] = useSearch();
  const x = search.get('x');
  const log = search.get('log') === '1';
  const smoothing = Math.min(0.99, Math.max(0, Number(search.get('smooth') ?? 0) || 0));
  const settings = useMemo<ChartSettings>(
    () => ({ x: (x === 'time' || x === 'relative' ? x : 'step') satisfies XAxis, log, smoothing }),
    [x, log, smoothing],
  );
  return [settings, set];
}
