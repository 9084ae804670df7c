import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readError } from './platform/start-error.js';

/** `runledger policy ...`: the access policies, without a server. */
export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('access policies');
  const own = '--access-policies <file>';
  const ownText = 'Cedar policies that are to hold beside the built-in ones';
  policy
    .command('export')
    .description('print all policies, and the schema that they speak of')
    .option(own, ownText)
    .option('--schema', 'print the schema alone')
    .action(async ({ accessPolicies, schema }: { accessPolicies?: string; schema?: boolean }) => {
      const { POLICY_SCHEMA } = await import('./access/policy/base-policies.js');
      const { text } = await load(accessPolicies);
      process.stdout.write(schema === true ? POLICY_SCHEMA.trimStart() : text);
    });
  policy
    .command('test <file>')
    .description('ask the policies what a YAML file of cases asks; fails at the first surprise')
    .option(own, ownText)
    .action(async (file: string, { accessPolicies }: { accessPolicies?: string }) => {
      const { readPolicyCases, surprisesOf } = await import('./access/policy/policy-cases.js');
      const policies = await load(accessPolicies);
      const cases = readPolicyCases(await read(file));
      const surprises = surprisesOf(policies, cases);
      for (const { name, expected, because } of surprises) {
        const by = because.length > 0 ? `by ${because.join(', ')}` : 'as no policy permits it';
        const came = expected === 'allow' ? 'denied' : 'allowed';
        process.stdout.write(`FAIL ${name}: ${came} ${by}\n`);
      }
      process.stdout.write(
        `${cases.length - surprises.length} of ${cases.length} cases as expected, policies ${policies.version}\n`,
      );
      if (surprises.length > 0) process.exitCode = 1;
    });
}

async function load(file: string | undefined) {
  const { Policies } = await import('./access/policy/policies.js');
  return new Policies(file === undefined ? '' : await read(file));
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw readError(`Can't read '${file}'`, error);
  }
}
