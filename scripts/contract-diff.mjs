/** Compares the contract with the descriptors inside of each installed MLflow client. */
import { run } from './prepare.mjs';
import { CLIENT_VERSIONS, environmentProgram } from './python-envs.mjs';

for (const version of CLIENT_VERSIONS) {
  run(environmentProgram(version, 'python'), ['scripts/contract_diff.py']);
}
