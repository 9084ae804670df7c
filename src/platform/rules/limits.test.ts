import { describe, expect, it } from 'vitest';
import { refusal } from '../filter/testing/refusal.js';
import { checkMaxResults, VIEW_STAGES } from './limits.js';

describe('max_results', () => {
  it.each([1, 1_000, 50_000])('may be %d', (max) => {
    expect(refusal(() => checkMaxResults(max))).toBe('accepted');
  });

  it.each([
    [0, 'It must be a positive integer'],
    [-1, 'It must be a positive integer'],
    [50_001, 'It must be at most 50000'],
    [9e18, 'It must be at most 50000'],
  ])('may not be %d', (max, why) => {
    expect(refusal(() => checkMaxResults(max))).toBe(
      `INVALID_PARAMETER_VALUE: Invalid value ${max} for parameter 'max_results' supplied. ${why}`,
    );
  });
});

describe('a view', () => {
  it('shows its stages', () => {
    expect(VIEW_STAGES).toEqual({
      ACTIVE_ONLY: ['active'],
      DELETED_ONLY: ['deleted'],
      ALL: ['active', 'deleted'],
    });
  });
});
