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
export function Picture({
  option,
  label,
  least = 0,
}: {
  readonly option: object;
  readonly label: string;
  /** How wide it has to be, in pixels; a narrow window scrolls it. */
  readonly least?: number;
}) {
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
    <section
      className="card picture-card"
      aria-label="Picture"
      tabIndex={least > 0 ? 0 : undefined}
    >
      <div
        ref={place}
        className="picture-place"
        style={{ minWidth: least }}
        role="img"
        aria-label={label}
      />
    </section>
  );
}
