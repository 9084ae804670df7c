/**
 * What is allowed, in Cedar's language; `runledger policy export` prints it. An organisation adds
 * policies of its own beside these; a `forbid` wins over every `permit`.
 *
 * `context.level` is what roles and grants give the principal on the resource, in MLflow's levels:
 * 0 NO_PERMISSIONS, 1 READ, 2 USE, 3 EDIT, 4 MANAGE. `context.denied` says that a grant is a DENY.
 * `context.granted` says that a right of one of the principal's roles names this very deed.
 * Source of the levels: semantics-registry 8; of the rights beyond them: governance 2.8.
 */
export const BASE_POLICIES = `
@id("token-scopes")
@note("A token does nothing that it was not made for.")
forbid (principal, action, resource)
unless { context.inScope };

@id("denied")
@note("A DENY takes back what other grants give. Administrators can't be locked out by one.")
forbid (principal, action in [Action::"read", Action::"edit", Action::"manage"], resource)
when { context.denied && !principal.isAdmin };

@id("administrators")
@note("Administrators do everything that MLflow's levels govern, and read the audit log.")
permit (
  principal,
  action in [
    Action::"login", Action::"read", Action::"edit", Action::"manage",
    Action::"create", Action::"admin", Action::"audit"
  ],
  resource
)
when { principal.isAdmin };

@id("signed-in")
@note("Whoever has signed in may ask who they are, and make things of their own.")
permit (principal, action in [Action::"login", Action::"create"], resource);

@id("readers")
permit (principal, action == Action::"read", resource)
when { context.level >= 1 };

@id("editors")
permit (principal, action == Action::"edit", resource)
when { context.level >= 3 };

@id("managers")
permit (principal, action == Action::"manage", resource)
when { context.level >= 4 };

@id("auditors")
@note("Auditors read everything, the audit log included, and change nothing.")
permit (principal in Role::"auditor", action in [Action::"read", Action::"audit"], resource);

@id("audit-right")
permit (principal, action == Action::"audit", resource)
when { context.granted };

@id("stages-before-production")
@note("Who may edit a model moves its versions about, but not into Production and not out of it.")
permit (principal, action == Action::"transition", resource)
when { context.level >= 3 && context.from != "Production" && context.to != "Production" };

@id("aliases-without-meaning")
@note("Aliases that stand for no protected stage are like tags.")
permit (principal, action == Action::"alias", resource)
when { context.level >= 3 && context.to != "Production" };

@id("granted-rights")
@note("To promote, approve, roll back or break glass takes a right; MANAGE does not imply it.")
permit (
  principal,
  action in [
    Action::"transition", Action::"alias", Action::"approve",
    Action::"rollback", Action::"break_glass"
  ],
  resource
)
when { context.granted };

@id("administrators-promote")
@note("Administrators hold the rights on stages. Approval by a second person is asked of them too.")
permit (
  principal,
  action in [Action::"transition", Action::"alias", Action::"rollback"],
  resource
)
when { principal.isAdmin };
`;

/** What policies may speak of; policies that speak of anything else are refused. */
export const POLICY_SCHEMA = `
entity Role;
entity User in [Role] = { isAdmin: Bool, method: String };
entity Resource = { kind: String, name: String };

type Standing = {
  level: Long,
  denied: Bool,
  granted: Bool,
  inScope: Bool,
  from: String,
  to: String,
  alias: String,
};

action "login", "read", "edit", "manage", "create", "admin", "audit",
  "transition", "alias", "approve", "rollback", "break_glass"
appliesTo { principal: User, resource: Resource, context: Standing };
`;
