import { GovernanceKeeper, type KeeperParts } from './governance/protection/governance-keeper.js';
import { OriginsInUseStore } from './governance/protection/origins-in-use.store.js';
import type { Config } from './platform/config/config.js';
import { type Keeper, noKeeper } from './platform/keeper.js';

/** What keeps the things that versions in use were made of; nothing where governance is off. */
export function protectionSlices(config: Config, parts: Omit<KeeperParts, 'store'>): Keeper {
  const { database } = parts;
  if (config.governance.mode === 'compat') return noKeeper(database);
  return new GovernanceKeeper({ ...parts, store: new OriginsInUseStore(database) });
}
