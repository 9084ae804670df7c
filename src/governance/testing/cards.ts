import type { CardContext } from '../cards/check-card.js';

/** The card that has to pass for `FaceSentimentAnalyzer` 2.4.0, as its author wrote it. */
export const FACE_CARD_YAML = `name: "FaceSentimentAnalyzer"
version: "2.4.0"
intended_use: "Analyzing user engagement in video calls."
limitations: "Performance drops in low-light conditions."
training_dataset: "internal_video_dataset_v4"
fairness_metrics: {demographic_parity: 0.95, equal_opportunity: 0.92}
owner: "ai-vision-team"
`;

export const FACE_CARD = {
  name: 'FaceSentimentAnalyzer',
  version: '2.4.0',
  intended_use: 'Analyzing user engagement in video calls.',
  limitations: 'Performance drops in low-light conditions.',
  training_dataset: 'internal_video_dataset_v4',
  fairness_metrics: { demographic_parity: 0.95, equal_opportunity: 0.92 },
  owner: 'ai-vision-team',
};

export const NOW = Date.parse('2026-06-01T12:00:00Z');

export const FACE_CONTEXT: CardContext = {
  model: 'FaceSentimentAnalyzer',
  version: 7,
  semver: '2.4.0',
  attachedAt: NOW - 86_400_000,
  now: NOW,
  maxAgeDays: 365,
};
