/**
 * Says one thing of many alike: the first at once, and then one in each interval with how many
 * were left out. What happens to every request of a busy server would fill its log otherwise.
 *
 * @param interval milliseconds
 * @param say gets how many before it were left out
 */
export function sparingly<Thing>(
  interval: number,
  say: (thing: Thing, leftOut: number) => void,
  now: () => number = () => performance.now(),
): (thing: Thing) => void {
  let next = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (thing) => {
    const time = now();
    if (time < next) {
      leftOut += 1;
      return;
    }
    next = time + interval;
    say(thing, leftOut);
    leftOut = 0;
  };
}
