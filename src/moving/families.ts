import { EVALUATION } from './evaluation.families.store.js';
import type { Family } from './family.js';
import { INPUTS } from './inputs.families.store.js';
import { REGISTRY } from './registry.families.store.js';
import { REVIEWING } from './reviewing.families.store.js';
import { tracingFamilies } from './tracing.families.store.js';
import { TRACKING } from './tracking.families.store.js';
import { WORKSPACES } from './workspaces.families.store.js';

/**
 * All that is moved in, each behind what it refers to.
 *
 * @param hasTraceColumns whether names, sessions and numbers of traces are columns of theirs
 */
export const families = (hasTraceColumns: boolean): readonly Family[] => [
  ...WORKSPACES,
  ...[...TRACKING, ...INPUTS, ...REGISTRY],
  ...[...tracingFamilies(hasTraceColumns), ...EVALUATION, ...REVIEWING],
];
