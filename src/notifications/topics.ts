import { EVENT_KINDS, type ExpectedEvent } from '../governance/events/governance-events.js';

/** What registry webhooks are told of, in the words of the Databricks API. */
export const DATABRICKS_EVENTS = [
  'MODEL_VERSION_CREATED',
  'MODEL_VERSION_TRANSITIONED_STAGE',
  'MODEL_VERSION_TRANSITIONED_TO_STAGING',
  'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
  'MODEL_VERSION_TRANSITIONED_TO_ARCHIVED',
  'TRANSITION_REQUEST_CREATED',
  'TRANSITION_REQUEST_TO_STAGING_CREATED',
  'TRANSITION_REQUEST_TO_PRODUCTION_CREATED',
  'TRANSITION_REQUEST_TO_ARCHIVED_CREATED',
  'COMMENT_CREATED',
  'MODEL_VERSION_TAG_SET',
  'REGISTERED_MODEL_CREATED',
] as const;

/** Whoever asks for this is told of everything. */
export const ALL_TOPICS = '*';

const NAMED_STAGES: readonly string[] = ['Staging', 'Production', 'Archived'];

/** @returns the names of an event among registry webhooks; none for most events */
export function databricksNames({ kind, data = {} }: ExpectedEvent): readonly string[] {
  const { to_stage } = data;
  const stage = NAMED_STAGES.find((known) => known === to_stage)?.toUpperCase();
  switch (kind) {
    case 'registered_model.created':
      return ['REGISTERED_MODEL_CREATED'];
    case 'model_version.created':
      return ['MODEL_VERSION_CREATED'];
    case 'model_version.transitioned_stage':
      return [
        'MODEL_VERSION_TRANSITIONED_STAGE',
        ...(stage === undefined ? [] : [`MODEL_VERSION_TRANSITIONED_TO_${stage}`]),
      ];
    case 'transition_request.created':
      // A request for an alias is one that registry webhooks have no word for.
      return to_stage === undefined
        ? []
        : [
            'TRANSITION_REQUEST_CREATED',
            ...(stage === undefined ? [] : [`TRANSITION_REQUEST_TO_${stage}_CREATED`]),
          ];
    case 'comment.created':
      return ['COMMENT_CREATED'];
    case 'model_version_tag.set':
      return ['MODEL_VERSION_TAG_SET'];
    default:
      return [];
  }
}

/** @returns all that somebody may have asked for to be told of this event */
export const topicsOf = (event: ExpectedEvent): readonly string[] => [
  // An emergency is told by all channels at once, whatever else they are for.
  ...(event.kind === 'break_glass.opened' ? EVENT_KINDS : [event.kind]),
  ALL_TOPICS,
  ...databricksNames(event),
];
