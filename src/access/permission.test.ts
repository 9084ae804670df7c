import { describe, expect, it } from 'vitest';
import {
  can,
  checkPattern,
  effective,
  levelOf,
  type Permission,
  parseGrantable,
  parsePermission,
  parseResourceType,
} from './permission.js';

const grant = (permission: Permission, resource_pattern = '*', resource_type?: string) => ({
  resource_pattern,
  permission,
  ...(resource_type === undefined ? {} : { resource_type }),
});

describe('permissions', () => {
  it('are ordered', () => {
    const order: Permission[] = ['DENY', 'NO_PERMISSIONS', 'READ', 'USE', 'EDIT', 'MANAGE'];
    expect([...order].sort((a, b) => levelOf(a) - levelOf(b))).toEqual(order);
  });

  it.each([
    ['DENY', []],
    ['NO_PERMISSIONS', []],
    ['READ', ['read']],
    ['USE', ['read', 'use']],
    ['EDIT', ['read', 'use', 'edit']],
    ['MANAGE', ['read', 'use', 'edit', 'manage']],
  ] as const)('%s is enough for %j', (permission, deeds) => {
    const all = ['read', 'use', 'edit', 'manage'] as const;
    expect(all.filter((deed) => can(permission, deed))).toEqual(deeds);
  });
});

describe('what grants come to', () => {
  it.each([
    ['no grant: what everybody has', [], 'READ', 'READ'],
    ['the highest', [grant('READ', '7'), grant('EDIT')], 'NO_PERMISSIONS', 'EDIT'],
    ['never less than what everybody has', [grant('READ', '7')], 'EDIT', 'EDIT'],
    ['nothing beside a DENY', [grant('MANAGE', '7'), grant('DENY')], 'READ', 'DENY'],
    [
      'membership gives nothing',
      [grant('USE', '*', 'workspace')],
      'NO_PERMISSIONS',
      'NO_PERMISSIONS',
    ],
    [
      'who manages the workspace stands above a DENY',
      [grant('DENY', '7'), grant('MANAGE', '*', 'workspace')],
      'READ',
      'MANAGE',
    ],
  ] as const)('%s', (_, grants, floor, expected) => {
    expect(effective(grants, floor)).toBe(expected);
  });
});

describe('words', () => {
  it('are refused as MLflow refuses them', () => {
    expect(() => parsePermission('FOO')).toThrow(
      "Invalid permission 'FOO'. Valid permissions are: ('READ', 'USE', 'EDIT', 'MANAGE', 'NO_PERMISSIONS', 'DENY')",
    );
    expect(() => parsePermission('constructor')).toThrow('Invalid permission');
    expect(() => parseGrantable('NO_PERMISSIONS', 'experiment')).toThrow(
      "Invalid permission 'NO_PERMISSIONS' for resource_type='experiment'. Resource-level grants accept only: ('DENY', 'EDIT', 'MANAGE', 'READ', 'USE').",
    );
    expect(() => parseGrantable('READ', 'workspace')).toThrow(
      "Invalid permission 'READ' for resource_type='workspace'. Workspace-wide grants accept only: ('MANAGE', 'USE').",
    );
    expect(() => parseResourceType('bad')).toThrow(
      "Invalid resource type 'bad'. Valid resource types are: ('assessment', 'experiment', 'gateway_endpoint'",
    );
    expect(() => checkPattern('x', 'run')).toThrow(
      "Invalid resource_pattern 'x' for resource_type='run'. This resource type supports only wildcard ('*') grants.",
    );
  });

  it('pass where they fit', () => {
    expect(parseGrantable('DENY', 'experiment')).toBe('DENY');
    expect(parseGrantable('USE', 'workspace')).toBe('USE');
    checkPattern('*', 'run');
    checkPattern('7', 'experiment');
  });
});
