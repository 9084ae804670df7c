import { ALIAS } from '../requests/targets.js';
import type { EventKind, GovernanceEvent } from './governance-events.js';

export type RequestEventKind = Extract<EventKind, `transition_request.${string}`>;

const VERBS: Readonly<Record<RequestEventKind, string>> = {
  'transition_request.created': 'was requested',
  'transition_request.approved': 'was approved',
  'transition_request.rejected': 'was rejected',
  'transition_request.cancelled': 'is not asked for any more',
  'transition_request.expired': 'was asked for too long ago',
  'transition_request.dismissed': 'has lost its approvals: what they were given for has changed',
};

/** @returns what is told of a request */
export function requestEvent(
  kind: RequestEventKind,
  about: {
    readonly name: string;
    readonly version: number;
    readonly stage: string;
    /** A stage, or an alias behind `alias:`; undefined where nothing but the request is known. */
    readonly target: string | undefined;
    readonly request: string;
    /** Undefined for what nobody has done. */
    readonly actor?: string | undefined;
    readonly comment?: string | undefined;
  },
): GovernanceEvent {
  const { name, version, stage, target, request, actor, comment = '' } = about;
  const isAlias = target?.startsWith(ALIAS) ?? false;
  const wished = isAlias ? `alias '${target?.slice(ALIAS.length)}'` : `stage ${target}`;
  const to = target === undefined ? 'a promotion' : wished;
  const by = actor === undefined ? '' : ` by ${actor}`;
  return {
    ...{ kind, model: name, version, actor },
    summary: `For registered model '${name}' version ${version} ${to} ${VERBS[kind]}${by}.`,
    data: {
      ...{ request_id: request, from_stage: stage },
      ...(target === undefined
        ? {}
        : isAlias
          ? { alias: target.slice(ALIAS.length) }
          : { to_stage: target }),
      ...(comment === '' ? {} : { comment }),
    },
  };
}
