import { type RefObject, useEffect, useState } from 'react';
import type { LineageEdge } from './lineage-graph.ts';

/** Draws what leads from which thing to which, behind the things: where they are in the box. */
export function LineageEdges({
  box,
  edges,
}: {
  readonly box: RefObject<HTMLElement | null>;
  readonly edges: readonly LineageEdge[];
}) {
  const [paths, setPaths] = useState<readonly string[]>([]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const draw = () => setPaths(pathsIn(element, edges));
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    for (const thing of element.querySelectorAll('[data-node]')) observer.observe(thing);
    return () => observer.disconnect();
  }, [box, edges]);
  return (
    <svg className="lineage-edges" aria-hidden="true">
      {paths.map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

function pathsIn(element: HTMLElement, edges: readonly LineageEdge[]): readonly string[] {
  const origin = element.getBoundingClientRect();
  const places = new Map<string, DOMRect>();
  for (const thing of element.querySelectorAll<HTMLElement>('[data-node]')) {
    places.set(thing.dataset.node ?? '', thing.getBoundingClientRect());
  }
  const paths = edges.flatMap(({ from = '', to = '' }) => {
    const start = places.get(from);
    const end = places.get(to);
    if (start === undefined || end === undefined || start.right > end.left) return [];
    const x1 = start.right - origin.left + element.scrollLeft;
    const x2 = end.left - origin.left + element.scrollLeft;
    const y1 = start.top + start.height / 2 - origin.top;
    const y2 = end.top + end.height / 2 - origin.top;
    const bend = (x2 - x1) / 2;
    return [`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`];
  });
  return [...new Set(paths)];
}
