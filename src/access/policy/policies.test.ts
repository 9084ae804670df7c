import { describe, expect, it } from 'vitest';
import { Policies, type PolicyAction } from './policies.js';
import { readPolicyCases, surprisesOf } from './policy-cases.js';

const policies = new Policies();

const ask = (action: PolicyAction, over: Partial<Parameters<Policies['decide']>[0]> = {}) =>
  policies.decide({
    principal: { name: 'ann', isAdmin: false, method: 'password', roles: [] },
    action,
    resource: { kind: 'experiment', name: '1' },
    level: 0,
    ...over,
  });

const ADMIN = { name: 'root', isAdmin: true, method: 'password', roles: [] };

describe('the built-in policies', () => {
  it.each([
    // action, from which level on; 5 for at none
    ['read', 1],
    ['edit', 3],
    ['manage', 4],
    ['login', 0],
    ['create', 0],
    ['admin', 5],
    ['audit', 5],
  ] as const)('let %s from level %i on', (action, from) => {
    const levels = [0, 1, 2, 3, 4].filter((level) => ask(action, { level }).allowed);
    expect(levels).toEqual([0, 1, 2, 3, 4].filter((level) => level >= from));
  });

  it('say which of them decided', () => {
    expect(ask('read', { level: 1 }).because).toEqual(['readers']);
    expect(ask('read', { level: 4, denied: true }).because).toEqual(['denied']);
    expect(ask('admin').because).toEqual([]);
  });

  it('take a DENY from all but administrators', () => {
    expect(ask('edit', { level: 4, denied: true }).allowed).toBe(false);
    expect(ask('edit', { level: 4, denied: true, principal: ADMIN }).allowed).toBe(true);
  });

  it('hold administrators to what their token was made for', () => {
    expect(ask('manage', { principal: ADMIN, inScope: false }).because).toEqual(['token-scopes']);
  });

  it('let auditors read all and change nothing', () => {
    const principal = { name: 'ada', isAdmin: false, method: 'password', roles: ['auditor'] };
    expect(ask('read', { principal }).allowed).toBe(true);
    expect(ask('audit', { principal }).allowed).toBe(true);
    expect(ask('edit', { principal, level: 1 }).allowed).toBe(false);
  });

  it('keep Production for those who have the right, which MANAGE is not', () => {
    const move = (from: string, to: string) => ask('transition', { level: 4, from, to }).allowed;
    expect(move('None', 'Staging')).toBe(true);
    expect(move('Staging', 'Production')).toBe(false);
    expect(move('Production', 'Archived')).toBe(false);
    const granted = { level: 1, granted: true, from: 'None', to: 'Production' };
    expect(ask('transition', granted).allowed).toBe(true);
    expect(ask('approve', { level: 4 }).allowed).toBe(false);
    expect(ask('approve', { principal: ADMIN }).allowed).toBe(false);
    expect(ask('approve', { granted: true }).because).toEqual(['granted-rights']);
  });
});

describe('policies of an organisation', () => {
  it('stand beside ours and win where they forbid', () => {
    const own = new Policies(
      '@id("no-jwt-edits") forbid (principal, action == Action::"edit", resource) when { principal.method == "jwt" };',
    );
    const by = (method: string) =>
      own.decide({
        principal: { name: 'ann', isAdmin: false, method, roles: [] },
        ...{ action: 'edit', resource: { kind: 'experiment', name: '1' }, level: 4 },
      });
    expect(by('password').allowed).toBe(true);
    expect(by('jwt')).toEqual({ allowed: false, because: ['no-jwt-edits'] });
    expect(own.version).not.toBe(policies.version);
  });

  it.each([
    ['permit (principal, action,', 'unexpected end'],
    ['permit (principal, action, resource) when { principal.salary > 3 };', 'salary'],
    ['permit (principal, action == Action::"fly", resource);', 'fly'],
    ['@id("readers") permit (principal, action, resource);', "two have the id 'readers'"],
    ['permit (principal == ?principal, action, resource);', 'templates'],
  ])('are refused when they are wrong: %s', (text, reason) => {
    expect(() => new Policies(text)).toThrow(reason);
  });
});

describe('cases', () => {
  const CASES = `
- { name: a reader reads, user: ann, action: read, level: READ, expect: allow }
- { name: a manager promotes, user: ann, action: transition, level: MANAGE, to: Production, expect: allow }
`;

  it('tell what came out otherwise', () => {
    const surprises = surprisesOf(policies, readPolicyCases(CASES));
    expect(surprises).toEqual([{ name: 'a manager promotes', expected: 'allow', because: [] }]);
  });

  it.each([
    ['{}', 'a list'],
    ['- 5', 'no mapping'],
    ['- { action: read, expect: allow }', "no 'user'"],
    ['- { user: a, action: fly, expect: allow }', "'action' must be one of"],
    ['- { user: a, action: read, expect: maybe }', "'expect' must be one of"],
    ['- { user: a, action: read, expect: deny, roles: x }', "'roles' must be a list"],
    ['- { user: a, action: read, expect: deny, role: [x] }', "no key 'role'"],
    ['- { user: a, action: read, expect: deny, granted: yes }', "'granted' must be true or false"],
  ])('are refused when they are wrong: %s', (text, reason) => {
    expect(() => readPolicyCases(text)).toThrow(reason);
  });
});

describe('policies that hide', () => {
  it.each([
    ['context.level < 3', "'<'"],
    ['context.denied', "'context.denied'"],
    ['["a"].containsAll([resource.name])', "'containsAll'"],
  ])('are refused where lists could not follow: %s', (condition, said) => {
    const own = `@id("own") forbid (principal, action == Action::"read", resource) when { ${condition} };`;
    expect(() => new Policies(own)).toThrow(`Access policy 'own' forbids reading by ${said}`);
    // Nothing of the sort is listed.
    expect(() => new Policies(own.replace('"read"', '"edit"'))).not.toThrow();
  });

  it('may speak of who asks, and of kinds and names', () => {
    const own = `forbid (principal is User in Role::"a", action, resource is Resource)
      when { if principal.isAdmin then false else resource.name != "x" && resource.kind like "e*" }
      unless { principal.method == "token" || principal in [Role::"b", Role::"c"] || principal == User::"c" };`;
    expect(() => new Policies(own)).not.toThrow();
  });
});
