import { randomUUID } from 'node:crypto';
import { UsersCli } from './access/users-cli.js';
import { auditSlices } from './audit-slices.js';
import { folderArtifacts } from './moving/artifacts.js';
import type { CheckedFlags } from './moving/flags.js';
import { Importer } from './moving/import.service.js';
import { ImportStore } from './moving/imports.store.js';
import { ProgressLine } from './moving/progress.js';
import { isSame, printReport } from './moving/report.js';
import { serverArtifacts } from './moving/server/server-artifacts.js';
import { stagedOrder } from './moving/server/tables.js';
import { SourceStore } from './moving/source.store.js';
import { TargetStore } from './moving/target.store.js';
import { moveArtifacts, printCopied } from './moving-artifacts.js';
import { type AskedServer, askServer, greetServer } from './moving-server.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { openDatabase } from './platform/db/open.js';
import { describeSource, openReadOnly } from './platform/db/read-only-source.js';
import { migrate } from './run-server.js';

/** What is read, as a database of MLflow's. */
interface OpenedSource {
  readonly reader: SourceStore;
  readonly name: string;
  /** The server that has told it, if it was one. */
  readonly server?: AskedServer;
  close(): Promise<void>;
}

/** Moves everything in, and prints the report. Sets the exit status if both sides differ. */
export async function runImport(config: Config, flags: CheckedFlags): Promise<void> {
  const line = new ProgressLine(process.stderr);
  // What can't be read is refused before the target is made.
  const { source: from } = flags;
  if (from.kind === 'server') await greetServer(from);
  const early = from.kind === 'server' ? undefined : await openSource(from);
  await migrate(config);
  const database = await openDatabase({ ...config, location: config.database, scanThreads: 0 });
  try {
    const source = early ?? (await openServer(config, flags, database, line));
    try {
      await moveIn(config, flags, database, source, line);
    } finally {
      await source.close();
    }
  } finally {
    await early?.close();
    await database.close();
  }
}

async function openSource(
  location: Exclude<CheckedFlags['source'], { kind: 'server' }>,
): Promise<OpenedSource> {
  const opened = await openReadOnly(location);
  const reader = new SourceStore(opened);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await opened.close();
    isOpen = false;
  };
  try {
    await reader.revision();
  } catch (error) {
    await close();
    throw error;
  }
  return { reader, name: describeSource(location), close };
}

async function openServer(
  config: Config,
  { source, staging }: CheckedFlags,
  database: Database,
  line: ProgressLine,
): Promise<OpenedSource> {
  if (source.kind !== 'server') throw new Error('Only a server is asked');
  const server = await askServer({
    ...{ source, staging, target: config.database, imports: new ImportStore(database) },
    now: systemClock,
    told: (what, rows) => line.show(what, rows),
  });
  try {
    const opened = await openReadOnly({ kind: 'sqlite', file: server.staging.file });
    return {
      reader: new SourceStore({ ...opened, order: stagedOrder }),
      ...{ name: server.name, server },
      close: async () => {
        await opened.close();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function moveIn(
  config: Config,
  { artifacts, accounts }: CheckedFlags,
  database: Database,
  { reader, name, server }: OpenedSource,
  line: ProgressLine,
): Promise<void> {
  const print = (text: string) => void process.stdout.write(text);
  const { trail } = auditSlices(config, database, systemClock);
  const importer = new Importer({
    ...{ database, trail, now: systemClock, source: reader, began: server?.began },
    target: new TargetStore(database),
    imports: new ImportStore(database),
    told: (what, rows, total) => line.show(what, rows, total),
  });
  const report = await importer.run(name, {
    caller: { name: 'command line', isAdmin: true, method: 'nobody' },
    origin: { address: '', userAgent: 'runledger import', requestId: randomUUID() },
  });
  line.end();
  const asked = server && `Asking the server took ${server.seconds.toFixed(1)} s before all else.`;
  const notes = [...report.notes, ...(server?.staging.notes() ?? []), ...(asked ? [asked] : [])];
  print(printReport({ ...report, notes }));
  if (!report.families.every(isSame)) process.exitCode = 1;
  const files =
    artifacts === true
      ? server && serverArtifacts(server)
      : artifacts && folderArtifacts(artifacts);
  if (files) {
    const copied = await moveArtifacts(files, config.artifacts, (count) =>
      line.show('copying artifacts', count),
    );
    line.end();
    print(printCopied(copied));
    if (copied.different.length > 0) process.exitCode = 1;
  }
  const cli = new UsersCli({
    database,
    trail,
    now: systemClock,
    print: (text) => print(`${text}\n`),
  });
  if (accounts !== undefined) await cli.import(accounts);
  else if (server !== undefined) await addAccounts(cli, server, print);
  if (process.exitCode !== 1) server?.finished();
}

async function addAccounts(
  cli: UsersCli,
  server: AskedServer,
  print: (text: string) => void,
): Promise<void> {
  const told = await server.accounts();
  if (told === undefined) return;
  if (typeof told === 'string') return print(`${told}\n`);
  await cli.add(told);
  print('Accounts have no passwords: runledger users set-password gives them some.\n');
}
