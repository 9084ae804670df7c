import { lazy, Suspense, useMemo } from 'react';
import { useSearch } from '../../frame/router.ts';
import { useTheme } from '../../frame/theme.ts';
import { Legend } from '../../shared/charts/legend.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { SelectField } from '../../shared/ui/select.tsx';
import { type Run, runId } from '../runs-table/columns.ts';
import { type Dimension, nameOf, namesIn } from './compared-runs.ts';
import { contourOption, inksOf, parallelOption, scatterOption } from './pictures.ts';

const Picture = lazy(async () => ({ default: (await import('./picture.tsx')).Picture }));

interface TabProps {
  readonly runs: readonly Run[];
  readonly dimensions: readonly Dimension[];
}

/** A choice among what can be drawn. */
function Choice({
  label,
  value,
  dimensions,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly dimensions: readonly Dimension[];
  readonly onChange: (id: string) => void;
}) {
  return (
    <SelectField
      className="choice"
      label={label}
      value={value}
      options={dimensions.map(({ id, label: name, kind }) => [
        id,
        kind === 'param' ? `${name} (parameter)` : name,
      ])}
      onChange={onChange}
    />
  );
}

const namesOf = (runs: readonly Run[]) =>
  runs.map((run) => ({ id: runId(run), label: nameOf(run) }));

const few = (
  <Empty title="Too little to draw">
    This needs metrics, or parameters that are numbers, which the runs share.
  </Empty>
);

/**
 * Which dimensions are drawn, as the address says: at first what was set across, then what came of
 * it.
 */
function useChoices(dimensions: readonly Dimension[], count: number) {
  const [search, setSearch] = useSearch();
  const chosen = namesIn(search.get('axis') ?? '[]').filter((id) =>
    dimensions.some((one) => one.id === id),
  );
  const inputs = dimensions.filter(({ kind }) => kind === 'param').slice(0, count - 1);
  const outcomes = dimensions.filter((each) => each.kind === 'metric' && !inputs.includes(each));
  const atFirst = [...inputs, ...outcomes, ...dimensions];
  const ids = Array.from(
    { length: count },
    (_, index) => chosen[index] ?? atFirst[index]?.id ?? '',
  );
  const set = (index: number) => (id: string) =>
    setSearch({ axis: JSON.stringify(ids.map((old, place) => (place === index ? id : old))) });
  const picked = ids.flatMap((id) => dimensions.find((each) => each.id === id) ?? []);
  return { ids, set, picked };
}

export function ScatterTab({ runs, dimensions }: TabProps) {
  const { dark } = useTheme();
  const { ids, set, picked } = useChoices(dimensions, 2);
  const [x, y] = picked;
  const option = useMemo(
    () => (x && y ? scatterOption(runs.map(nameOf), x, y, inksOf(dark)) : undefined),
    [runs, x, y, dark],
  );
  if (option === undefined) return few;
  return (
    <div className="stack">
      <div className="toolbar">
        <Choice label="X" value={ids[0] ?? ''} dimensions={dimensions} onChange={set(0)} />
        <Choice label="Y" value={ids[1] ?? ''} dimensions={dimensions} onChange={set(1)} />
      </div>
      <Suspense fallback={<Loading />}>
        <Picture option={option} label={`${y?.label} over ${x?.label}, a point for each run`} />
      </Suspense>
      <Legend names={namesOf(runs)} dark={dark} />
    </div>
  );
}

export function ContourTab({ runs, dimensions }: TabProps) {
  const { dark } = useTheme();
  const { ids, set, picked } = useChoices(dimensions, 3);
  const [x, y, z] = picked;
  const option = useMemo(
    () => (x && y && z ? contourOption(runs.map(nameOf), [x, y, z], inksOf(dark)) : undefined),
    [runs, x, y, z, dark],
  );
  if (option === undefined) return few;
  return (
    <div className="stack">
      <div className="toolbar">
        <Choice label="X" value={ids[0] ?? ''} dimensions={dimensions} onChange={set(0)} />
        <Choice label="Y" value={ids[1] ?? ''} dimensions={dimensions} onChange={set(1)} />
        <Choice label="Colour" value={ids[2] ?? ''} dimensions={dimensions} onChange={set(2)} />
      </div>
      <Suspense fallback={<Loading />}>
        <Picture option={option} label={`${z?.label} over ${x?.label} and ${y?.label}`} />
      </Suspense>
      <p className="muted">Between the runs, which are the points, colours are interpolated.</p>
    </div>
  );
}

const AXES = 10;
/** Pixels that an axis with its numbers takes. */
const AXIS_WIDTH = 80;

export function ParallelTab({ runs, dimensions }: TabProps) {
  const { dark } = useTheme();
  const [search, setSearch] = useSearch();
  const chosen = search.get('axes');
  const shown = useMemo(() => {
    if (chosen === null) return dimensions.slice(0, AXES);
    const ids = new Set(namesIn(chosen));
    return dimensions.filter(({ id }) => ids.has(id));
  }, [dimensions, chosen]);
  const option = useMemo(
    () => (shown.length < 2 ? undefined : parallelOption(runs.map(nameOf), shown, inksOf(dark))),
    [runs, shown, dark],
  );
  if (dimensions.length < 2) return few;
  const ids = shown.map(({ id }) => id);
  const toggle = (id: string) => {
    const next = ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id];
    setSearch({ axes: JSON.stringify(next) });
  };
  return (
    <div className="stack">
      <fieldset className="axes">
        <legend className="hidden">Axes</legend>
        {dimensions.map(({ id, label }) => (
          <label key={id} className="check">
            <input type="checkbox" checked={ids.includes(id)} onChange={() => toggle(id)} />
            {label}
          </label>
        ))}
      </fieldset>
      {option === undefined ? (
        few
      ) : (
        <>
          <Suspense fallback={<Loading />}>
            <Picture
              option={option}
              least={shown.length * AXIS_WIDTH}
              label={`Parallel coordinates of ${runs.length} runs`}
            />
          </Suspense>
          <Legend names={namesOf(runs)} dark={dark} />
        </>
      )}
    </div>
  );
}
