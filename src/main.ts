import { dirname } from 'node:path';
import { Command } from 'commander';
import { addBackupCommands } from './backup-commands.js';
import { addDoctorCommand } from './doctor-command.js';
import { addDrillCommand } from './drill-command.js';
import { addGcCommands } from './gc-commands.js';
import { addMovingCommands } from './moving-commands.js';
import { readAuthFiles } from './platform/config/auth-files.js';
import { type Config, toConfig } from './platform/config/config.js';
import { addServerFlags, rawSettings } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';
import { makeFolders } from './platform/make-folders.js';
import { addPolicyCommands } from './policy-commands.js';
import type { AuditOptions } from './run-audit.js';
import { addUserCommands } from './users-commands.js';
import { VERSION } from './version.js';

const program = new Command('runledger')
  .description('A tracking server and model registry that speaks the MLflow REST API')
  .version(VERSION);

addServerFlags(program.command('server').description('run the server')).action(
  async (options: RawSettings) => {
    const config = await configOf(options);
    if (config.workers > 1) {
      const { runWorkers } = await import('./run-workers.js');
      await runWorkers(config);
    } else {
      const { runServer } = await import('./run-server.js');
      await runServer(config);
    }
  },
);

const migrate = program.command('migrate').description('change the schema of the database');
for (const [name, description] of [
  ['up', 'bring the schema up to date'],
  ['down', 'take back the last step; data of tables that go is lost'],
  ['status', 'show what has been applied and what is left'],
] as const) {
  addServerFlags(migrate.command(name).description(description)).action(
    async (options: RawSettings) => {
      await runMigration(name, await configOf(options));
    },
  );
}

addBackupCommands(program, configOf);
addGcCommands(program, configOf, process.env.MLFLOW_WORKSPACE);
addMovingCommands(program, configOf, {
  token: process.env.MLFLOW_TRACKING_TOKEN,
  username: process.env.MLFLOW_TRACKING_USERNAME,
  password: process.env.MLFLOW_TRACKING_PASSWORD,
});
addPolicyCommands(program);
addDoctorCommand(program, configOf);
addDrillCommand(program, {
  trackingUri: process.env.MLFLOW_TRACKING_URI,
  token: process.env.MLFLOW_TRACKING_TOKEN,
  username: process.env.MLFLOW_TRACKING_USERNAME,
  password: process.env.MLFLOW_TRACKING_PASSWORD,
});
addUserCommands(program, configOf, process.env.RUNLEDGER_USER_PASSWORD);

async function configOf(options: RawSettings): Promise<Config> {
  const raw = rawSettings(options, process.env);
  return toConfig(raw, await readAuthFiles(raw));
}

async function runMigration(step: 'up' | 'down' | 'status', config: Config): Promise<void> {
  const { migrateDown, migrateUp, migrationStatus } = await import('./platform/db/migrate.js');
  if (config.database.kind === 'sqlite') {
    await makeFolders(dirname(config.database.file));
  }
  const run = { up: migrateUp, down: migrateDown, status: migrationStatus }[step];
  const { applied, pending, unknown } = await run(config.database);
  const print = (title: string, names: readonly string[]) =>
    process.stdout.write(`${title}: ${names.join(', ') || 'none'}\n`);
  print('applied', applied);
  print('pending', pending);
  if (unknown.length > 0) print('unknown to this version', unknown);
}

addServerFlags(
  program
    .command('audit')
    .description('the audit log')
    .command('verify')
    .argument('[file]', 'an export (default: the log in the database)')
    .description('find what somebody has changed in the audit log')
    .option('--checkpoint <path>', 'checkpoints that have been kept elsewhere')
    .option('--public-key <key>', 'the key of the log, or a file that holds it'),
).action(async (file: string | undefined, options: RawSettings & AuditOptions) => {
  const { printReport, verifyAudit } = await import('./run-audit.js');
  const { checkpoint, publicKey, ...settings } = options;
  const from =
    file === undefined ? { config: toConfig(rawSettings(settings, process.env)) } : { file };
  const report = await verifyAudit(from, {
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(publicKey === undefined ? {} : { publicKey }),
  });
  process.stdout.write(printReport(report));
  if (!report.ok) process.exitCode = 1;
});

try {
  await program.parseAsync();
} catch (error) {
  // What stops a start is told in one sentence; the rest is for those who ask for it.
  process.stderr.write(`runledger: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
