import { expect, it } from 'vitest';
import { MlflowError } from './errors.js';
import { readiness } from './readiness.js';
import { forEachDatabase } from './testing/for-each-database.js';

const refusal = async (check: () => Promise<void>): Promise<unknown> =>
  check().then(
    () => 'ready',
    (error) =>
      error instanceof MlflowError ? [error.status, error.headers, error.message] : error,
  );

forEachDatabase((open) => {
  it('holds while the database answers, and ends with the stop', async () => {
    const lifecycle = { isStopping: false };
    const check = readiness(await open(), lifecycle);
    expect(await refusal(check)).toBe('ready');
    lifecycle.isStopping = true;
    expect(await refusal(check)).toEqual([503, { 'Retry-After': '1' }, 'The server is stopping']);
  });

  it('ends with the database', async () => {
    const database = await open();
    const gone = { ...database, alive: () => Promise.reject(new Error('secret detail')) };
    expect(await refusal(readiness(gone, { isStopping: false }))).toEqual([
      503,
      { 'Retry-After': '1' },
      'The database is not available',
    ]);
  });

  it('does not wait for a database that says nothing', async () => {
    const database = await open();
    const silent = { ...database, alive: () => new Promise<void>(() => undefined) };
    expect(await refusal(readiness(silent, { isStopping: false }))).toEqual(
      expect.arrayContaining([503]),
    );
  });
});
