import { type ContractFacts, checkContract } from './contract.js';
import type { ContractReference } from './lineage.js';

/** Tags may change after the files were looked at, so what they say is compared now. */
export function withReference(
  found: ContractFacts | undefined,
  reference: ContractReference | undefined,
): ContractFacts {
  if (found === undefined) return checkContract(undefined, reference, undefined);
  const stated = reference?.sha256?.toLowerCase();
  const known = { ...found, uri: reference?.uri };
  if (stated === undefined || stated === found.digest || found.state === 'unreadable') return known;
  const problem = `The tag data_contract.sha256 is ${stated.slice(0, 64)}, the contract's is ${found.digest}.`;
  return { ...known, state: 'broken', problems: [problem, ...found.problems] };
}
