const ALL = '*';

/** Which events somebody is told of. */
export function EventChecks({
  events,
  chosen,
  hasAll,
  onChange,
}: {
  readonly events: readonly string[];
  readonly chosen: readonly string[];
  /** Whether all events can be asked for at once, those of later releases too. */
  readonly hasAll: boolean;
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const isAll = chosen.includes(ALL);
  const turn = (event: string, on: boolean) =>
    onChange(on ? [...chosen, event] : chosen.filter((each) => each !== event));
  return (
    <fieldset className={events.some((event) => event.length > 30) ? 'checks long' : 'checks'}>
      <legend>Events</legend>
      {hasAll ? (
        <label className="check whole-row">
          <input
            type="checkbox"
            checked={isAll}
            onChange={({ target }) => onChange(target.checked ? [ALL] : [])}
          />
          All events
        </label>
      ) : null}
      {isAll
        ? null
        : events.map((event) => (
            <label key={event} className="check">
              <input
                type="checkbox"
                checked={chosen.includes(event)}
                onChange={({ target }) => turn(event, target.checked)}
              />
              {event}
            </label>
          ))}
    </fieldset>
  );
}
