import { describe, expect, it } from 'vitest';
import { breakGlassProblems, grantEnd, reviewState } from './break-glass.js';

const REQUEST = {
  model: 'M',
  reason: 'Production answers nonsense since noon.',
  ticket: 'INC-1',
};

describe('breaking the glass', () => {
  it.each<[string, Partial<typeof REQUEST & { minutes: number }>, number]>([
    ['a reason and a ticket', {}, 0],
    ['half an hour', { minutes: 30 }, 0],
    ['no real reason', { reason: `short${' '.repeat(40)}` }, 1],
    ['a novel', { reason: 'x'.repeat(6_000) }, 1],
    ['no ticket', { ticket: ' ' }, 1],
    ['two hours', { minutes: 120 }, 1],
    ['no time', { minutes: 0 }, 1],
    ['nothing at all', { model: '', reason: '', ticket: '', minutes: Number.NaN }, 4],
  ])('with %s', (_, change, problems) => {
    expect(breakGlassProblems({ ...REQUEST, ...change })).toHaveLength(problems);
  });

  it('ends within the hour', () => {
    expect(grantEnd(REQUEST, 0)).toBe(3_600_000);
    expect(grantEnd({ ...REQUEST, minutes: 500 }, 0)).toBe(3_600_000);
    expect(grantEnd({ ...REQUEST, minutes: 5 }, 1_000)).toBe(301_000);
  });

  it.each([
    [undefined, 0, 'due'],
    [undefined, 24, 'overdue'],
    ['bg', 1, 'due'],
    ['bg', 25, 'overdue'],
    ['other', 25, 'reviewed'],
  ])('is reviewed by another within a day: %s after %d h is %s', (reviewer, hours, state) => {
    const use = { principal: 'bg', usedAt: 0, reviewer };
    expect(reviewState(use, hours * 3_600_000)).toBe(state);
  });
});
