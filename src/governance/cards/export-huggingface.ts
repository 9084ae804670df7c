import { stringify } from 'yaml';
import type { JsonObject } from '../../platform/json-value.js';
import { type Card, numbersIn, textOf } from './card.js';
import { evaluationsOf, factsOf, otherKeysOf, proseOf } from './card-sections.js';

/** What the registry knows of the version beside its card. */
export interface ExportedVersion {
  readonly model: string;
  readonly version: number;
  readonly semver?: string | undefined;
  /** Metrics of the run or logged model, with the data set where one is linked. */
  readonly metrics?: readonly {
    readonly name: string;
    readonly value: number;
    readonly dataset?: string | undefined;
  }[];
}

/** What the Hub's format wants where the card says nothing. */
const NOT_STATED = 'not stated';

/**
 * Writes a card as a README of a Hugging Face repository: YAML for machines, with the results in
 * `model-index`, and Markdown for people. The card itself is below `model_card`, so that reading
 * the README back gives the same card.
 */
export function toHuggingFaceReadme(card: Card, version: ExportedVersion): string {
  const data: JsonObject = {
    ...(textOf(card, 'license') === undefined ? {} : { license: textOf(card, 'license') }),
    model_name: version.model,
    tags: ['model-card', 'runledger'],
    'model-index': [{ name: version.model, results: results(card, version) }],
    model_card: card,
  };
  const yaml = stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
  return `---\n${yaml}---\n\n${body(card, version)}`;
}

function results(card: Card, { metrics = [] }: ExportedVersion): JsonObject[] {
  const evaluated = evaluationsOf(card).map((evaluation) =>
    result(evaluation.task ?? 'other', evaluation.dataset, evaluation.metrics, evaluation.split),
  );
  const fairness = numbersIn(card.fairness_metrics);
  const datasets = [...new Set(metrics.map(({ dataset }) => dataset))];
  const logged = datasets.map((name) => {
    const measured = metrics.filter(({ dataset }) => dataset === name);
    return result(
      'other',
      name ?? NOT_STATED,
      measured.map((metric) => [metric.name, metric.value] as const),
    );
  });
  return [
    ...evaluated,
    ...logged,
    ...(fairness.length === 0 ? [] : [result('fairness', NOT_STATED, fairness)]),
  ];
}

function result(
  task: string,
  dataset: string,
  metrics: readonly (readonly [string, number])[],
  split?: string,
): JsonObject {
  return {
    task: { type: task },
    dataset: { name: dataset, type: dataset, ...(split === undefined ? {} : { split }) },
    metrics: metrics.map(([name, value]) => ({ name, type: name, value })),
  };
}

function body(card: Card, { model, version, semver }: ExportedVersion): string {
  const facts = factsOf(card).map(([label, value]) => `- **${label}:** ${oneLine(value)}`);
  const sections = proseOf(card).map(({ title, text }) => `## ${title}\n\n${text}`);
  const fairness = numbersIn(card.fairness_metrics).map(([name, value]) => `- ${name}: ${value}`);
  const evaluations = evaluationsOf(card).map(
    ({ dataset, metrics }) =>
      `### ${oneLine(dataset)}\n\n${metrics.map(([name, value]) => `- ${name}: ${value}`).join('\n')}`,
  );
  const others = otherKeysOf(card).map(([key, value]) => `- **${key}:** ${JSON.stringify(value)}`);
  const heading = `# ${oneLine(model)} ${semver ?? `version ${version}`}`;
  return `${[
    heading,
    facts.join('\n'),
    ...sections,
    fairness.length === 0 ? '' : `## Fairness\n\n${fairness.join('\n')}`,
    evaluations.length === 0 ? '' : `## Evaluation\n\n${evaluations.join('\n\n')}`,
    others.length === 0 ? '' : `## More\n\n${others.join('\n')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
