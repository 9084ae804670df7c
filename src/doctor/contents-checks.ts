import { AuditStore } from '../audit/audit.store.js';
import { verifyDatabase } from '../audit/verify-database.js';
import { ImportStore } from '../moving/imports.store.js';
import type { Config } from '../platform/config/config.js';
import type { Database } from '../platform/db/database.js';
import { openDatabase } from '../platform/db/open.js';
import { inTime } from '../platform/in-time.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** What a database holds, where its schema is that of this version. */
export async function checkContents(config: Config, longest: number): Promise<Finding[]> {
  const database = await openDatabase({ ...config, location: config.database, scanThreads: 0 });
  try {
    return [
      ...(await checkImports(database)),
      await inTime(longest, checkLog(database), () =>
        warn(
          'audit log',
          `too long to be verified in ${longest / 1_000} s`,
          "'runledger audit verify' takes the time that it needs.",
        ),
      ),
    ];
  } finally {
    await database.close();
  }
}

async function checkImports(database: Database): Promise<Finding[]> {
  const imports = await new ImportStore(database).all();
  return imports
    .filter(({ finished_time }) => finished_time === null)
    .map(({ source }) =>
      fail(
        'import',
        `a part of ${source} has been moved in, and no server starts on that`,
        'Run the same import again until it is through, or begin with an empty database.',
      ),
    );
}

async function checkLog(database: Database): Promise<Finding> {
  const {
    ok: isOk,
    entries,
    problems,
  } = await verifyDatabase(new AuditStore(database), database.read, { key: undefined, notes: [] });
  if (isOk) return ok('audit log', `${entries} entries, as they were written`);
  return fail(
    'audit log',
    `NOT as it was written: ${problems[0]?.problem ?? 'it does not fit'}`,
    "'runledger audit verify' tells all; compare with a backup, and ask who could write to the database.",
  );
}
