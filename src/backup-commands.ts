import type { Command } from 'commander';
import { parseLocation } from './artifacts/location.js';
import type { BackupReport, Holdings } from './housekeeping/backup.js';
import type { Config } from './platform/config/config.js';
import { addServerFlags } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';

/** `runledger backup` and `runledger restore`. @param toConfig settings of flags and environment */
export function addBackupCommands(
  program: Command,
  toConfig: (options: RawSettings) => Promise<Config>,
): void {
  addServerFlags(
    program
      .command('backup')
      .argument('<folder>', 'a new or empty folder')
      .description('copy a SQLite database and the folder of artifacts while a server runs'),
  ).action(async (folder: string, options: RawSettings) => {
    const { backUp } = await import('./housekeeping/backup.js');
    const holdings = holdingsOf(await toConfig(options));
    if (holdings.artifacts === undefined) {
      process.stderr.write('runledger: the artifacts are in a store elsewhere and not backed up\n');
    }
    print('backed up', await backUp(holdings, folder));
  });
  addServerFlags(
    program
      .command('restore')
      .argument('<folder>', 'a backup')
      .description('put a backup where no database and no artifacts are yet')
      .option('--verify', 'only compare the backup with its manifest'),
  ).action(async (folder: string, { verify, ...options }: RawSettings & { verify?: boolean }) => {
    const { restore, verifyBackup } = await import('./housekeeping/restore.js');
    if (verify === true) print('verified', await verifyBackup(folder));
    else print('restored', await restore(folder, holdingsOf(await toConfig(options))));
  });
}

function holdingsOf({ database, artifacts }: Config): Holdings {
  if (database.kind !== 'sqlite') throw new Error('a PostgreSQL is backed up by pg_dump');
  const destination = parseLocation(artifacts.destination);
  const local = destination.kind === 'local' ? destination.path : undefined;
  return { database: database.file, artifacts: local };
}

function print(done: string, { files, bytes }: BackupReport): void {
  process.stdout.write(`${done}: ${files} files, ${bytes} bytes\n`);
}
