import { HeatmapChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([
  ...[HeatmapChart, ParallelChart, ScatterChart],
  ...[GridComponent, ParallelComponent, TooltipComponent, VisualMapComponent, CanvasRenderer],
]);

/** A picture that echarts draws. */
export function Picture({ option, label }: { readonly option: object; readonly label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const chart = init(element);
    chart.setOption({ animation: false, ...option });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option]);
  return (
    <div className="card picture-card">
      <div ref={place} className="picture-place" role="img" aria-label={label} />
    </div>
  );
}
