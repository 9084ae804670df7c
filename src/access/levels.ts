import type { Caller } from '../platform/http/operation.js';
import type { Permission } from './permission.js';

/** Tells what somebody may do with one thing; the same answer that lets requests in. */
export interface Levels {
  /**
   * @param kind as in grants: `experiment`, `registered_model`, ...
   * @param id of the thing, or `*` for all of the kind
   */
  levelOf(caller: Caller, kind: string, id: string): Promise<Permission>;
}
