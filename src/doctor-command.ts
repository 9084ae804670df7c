import type { Command } from 'commander';
import type { Config } from './platform/config/config.js';
import { addServerFlags } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';

/** `runledger doctor`, with the settings of the server. Exit code 1 when something has failed. */
export function addDoctorCommand(
  program: Command,
  toConfig: (options: RawSettings) => Promise<Config>,
): void {
  addServerFlags(
    program
      .command('doctor')
      .description('look at what the server needs, and say what is wrong and what to do')
      .option('--json', 'print JSON'),
  ).action(async ({ json, ...settings }: RawSettings & { json?: boolean }) => {
    const { asTable, examine, hasFailed } = await import('./doctor/doctor.js');
    const findings = await examine(await toConfig(settings));
    const isOk = !hasFailed(findings);
    const text = json
      ? `${JSON.stringify({ ok: isOk, findings }, undefined, 2)}\n`
      : asTable(findings);
    // A look that never ends must not keep the others from being told.
    process.stdout.write(text, () => process.exit(isOk ? 0 : 1));
  });
}
