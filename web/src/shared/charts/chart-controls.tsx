import type { SetSearch } from '../../frame/router.ts';
import type { ChartSettings, XAxis } from './series.ts';

const AXES: readonly (readonly [XAxis, string])[] = [
  ['step', 'Step'],
  ['time', 'Time'],
  ['relative', 'Relative'],
];

export function ChartControls({
  settings,
  set,
}: {
  readonly settings: ChartSettings;
  readonly set: SetSearch;
}) {
  return (
    <div className="chart-settings">
      <fieldset className="segments">
        <legend className="hidden">Along the x axis</legend>
        {AXES.map(([axis, label]) => (
          <button
            key={axis}
            type="button"
            aria-pressed={settings.x === axis}
            onClick={() => set({ x: axis === 'step' ? '' : axis })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <label className="check">
        <input
          type="checkbox"
          checked={settings.log}
          onChange={(event) => set({ log: event.target.checked ? '1' : '' })}
        />
        Log scale
      </label>
      <label className="check">
        Smoothing
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={settings.smoothing}
          onChange={(event) =>
            set({ smooth: event.target.value === '0' ? '' : event.target.value }, { replace: true })
          }
        />
        <output className="number">{settings.smoothing.toFixed(2)}</output>
      </label>
    </div>
  );
}
