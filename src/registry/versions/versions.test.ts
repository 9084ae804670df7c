import { describe, expect, it } from 'vitest';
import { parseStage, parseVersion, requireActiveStage } from './versions.js';

describe('a version number', () => {
  it.each([
    ['1', 1],
    ['01', 1],
    [' 1\n', 1],
    ['+1', 1],
    ['1_0', 10],
    ['-1', -1],
    ['-0', 0],
  ])('is read from %j as Python reads it', (text, number) => {
    expect(parseVersion('m', text)).toBe(number);
  });

  it.each(['', 'x', '1.0', '1_', '_1', '1__0', '1e0', '0x1'])('is not %j', (text) => {
    expect(() => parseVersion('m', text)).toThrow(
      `Parameter 'version' must be an integer, got '${text}'.`,
    );
  });

  it('that no version can have is not found', () => {
    expect(() => parseVersion('m', '99999999999999999999')).toThrow(
      'Model Version (name=m, version=99999999999999999999) not found',
    );
  });
});

describe('a stage', () => {
  it('is read in any case', () => {
    expect(['none', 'STAGING', 'Production', 'aRchived'].map((stage) => parseStage(stage))).toEqual(
      ['None', 'Staging', 'Production', 'Archived'],
    );
  });

  it.each(['bad', '', ' Staging', 'Deleted_Internal'])('is not %j', (text) => {
    expect(() => parseStage(text)).toThrow(
      `Invalid Model Version stage: ${text}. Value must be one of None, Staging, Production, Archived.`,
    );
  });

  it('that does not serve has no other versions to archive', () => {
    expect(() => requireActiveStage('Production', 'production')).not.toThrow();
    expect(() => requireActiveStage('Archived', 'archived')).toThrow(
      "because 'archived' is not an Active stage. Valid stages are ['Staging', 'Production']",
    );
  });
});
