import type { JsonObject } from '../../platform/json-value.js';
import { type Card, numbersIn, riskOf, textOf } from './card.js';
import { evaluationsOf, otherKeysOf } from './card-sections.js';
import type { ExportedVersion } from './export-huggingface.js';

/** The most characters of a text in a model card of SageMaker. */
const MAX_TEXT = 1_024;

const cut = (text: string): string =>
  text.length > MAX_TEXT
    ? `${text.slice(0, MAX_TEXT - 3).replace(/\p{Surrogate}$/u, '')}...`
    : text;

/** Writes a card as the content of an Amazon SageMaker model card, an object for `JSON.stringify`. */
export function toSageMakerCard(card: Card, version: ExportedVersion): JsonObject {
  const text = (key: string): string | undefined => {
    const value = textOf(card, key);
    return value === undefined ? undefined : cut(value);
  };
  const fairness = numbersIn(card.fairness_metrics);
  const details = [
    ...evaluationsOf(card).map(({ dataset, task, metrics }) =>
      evaluation(task ?? 'evaluation', [dataset], metrics),
    ),
    ...(fairness.length === 0 ? [] : [evaluation('fairness', [], fairness)]),
  ];
  return defined({
    model_overview: defined({
      model_name: cut(version.model),
      model_description: text('description'),
      model_version: version.version,
      model_owner: text('owner'),
    }),
    intended_uses: defined({
      purpose_of_model: text('intended_use'),
      intended_uses: text('intended_use'),
      factors_affecting_model_efficiency: text('limitations'),
      risk_rating: riskOf(card),
    }),
    training_details: {
      training_job_details: defined({ training_datasets: listOf(text('training_dataset')) }),
    },
    evaluation_details: details,
    additional_information: defined({
      ethical_considerations: text('ethical_considerations'),
      caveats_and_recommendations: text('limitations'),
      custom_details: customDetails(card, version),
    }),
  });
}

const listOf = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text]);

const evaluation = (
  name: string,
  datasets: readonly string[],
  metrics: readonly (readonly [string, number])[],
): JsonObject => ({
  name: cut(name),
  datasets: datasets.map(cut),
  metric_groups: [
    {
      name: cut(name),
      metric_data: metrics.map(([metric, value]) => ({ name: cut(metric), type: 'number', value })),
    },
  ],
});

/** Texts alone, which is all that SageMaker takes here. */
function customDetails(card: Card, { semver }: ExportedVersion): JsonObject {
  const short = ['review_by', 'validated_by', 'license'].flatMap((key) => {
    const value = textOf(card, key);
    return value === undefined ? [] : [[key, cut(value)] as const];
  });
  const others = otherKeysOf(card).map(
    ([key, value]) =>
      [key, cut(typeof value === 'string' ? value : JSON.stringify(value))] as const,
  );
  const versioned = semver === undefined ? [] : [['semver', semver] as const];
  return Object.fromEntries([...versioned, ...short, ...others]);
}

const defined = (members: { readonly [key: string]: JsonObject[string] }): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
