import type { Config } from '../../platform/config/config.js';
import type { Permission } from '../permission.js';

/**
 * What everybody has without a grant. Where there are workspaces nobody has anything in one
 * without a role in it.
 */
export const floorOf = (
  { defaultPermission }: Pick<Config['auth'], 'defaultPermission'>,
  { enabled }: Pick<Config['workspaces'], 'enabled'>,
): Permission => (enabled ? 'NO_PERMISSIONS' : defaultPermission);
