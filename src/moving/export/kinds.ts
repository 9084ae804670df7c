import type { Kind } from './kind.js';
import { EVALUATION_KINDS, REGISTRY_KINDS } from './registry.kinds.store.js';
import { REVIEWING_KINDS } from './reviewing.kinds.store.js';
import { TRACING_KINDS } from './tracing.kinds.store.js';
import { INPUT_KINDS, TRACKING_KINDS } from './tracking.kinds.store.js';
import { WORKSPACE_KIND } from './workspaces.kinds.store.js';

/** All that is exported, each behind what it refers to. */
export const KINDS: readonly Kind[] = [
  ...[WORKSPACE_KIND, ...TRACKING_KINDS, ...INPUT_KINDS, ...REGISTRY_KINDS],
  ...[...TRACING_KINDS, ...EVALUATION_KINDS, ...REVIEWING_KINDS],
];
