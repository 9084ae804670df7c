import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { VERSION } from '../../version.js';
import { type Card, numbersIn, textOf } from '../cards/card.js';
import { evaluationsOf } from '../cards/card-sections.js';
import { gitOf } from '../lineage/lineage-graph.js';
import { uuidOf } from '../lineage/openlineage.js';
import { type ComplianceFacts, linkTo } from './compliance-facts.js';

const HEX = /^[\da-f]{64}$/;
const MOST_PROPERTIES = 1_000;

/** @returns a bill of materials of CycloneDX 1.6 whose subject is the model, with its card */
export function toBom(facts: ComplianceFacts): JsonObject {
  const { model, version, facts: known } = facts;
  const self = `model:${model}@${version}`;
  const libraries = facts.dependencies.map(({ name, version: pinned, purl }) => ({
    ...{ type: 'library', 'bom-ref': purl, name, purl },
    ...(pinned === undefined ? {} : { version: pinned }),
  }));
  const datasets = facts.around.datasets.map(({ name, digest, source, sourceType }) => ({
    ...{ type: 'data', 'bom-ref': `dataset:${name}@${digest}`, name, version: digest },
    data: [
      {
        ...{ type: 'dataset', name },
        contents: {
          properties: properties({
            digest,
            source: source.slice(0, 1_000),
            source_type: sourceType,
          }),
        },
      },
    ],
  }));
  const digest = known.integrity.digest;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    // The same version of the same files has the same number.
    serialNumber: `urn:uuid:${uuidOf(createHash('sha256').update(`${self} ${digest}`).digest('hex').slice(0, 32))}`,
    version: 1,
    metadata: {
      timestamp: new Date(facts.now).toISOString(),
      tools: { components: [{ type: 'application', name: 'runledger', version: VERSION }] },
      component: {
        ...{ type: 'machine-learning-model', 'bom-ref': self, name: model },
        version: known.semver ?? String(version),
        ...descriptionOf(facts),
        ...(HEX.test(digest) ? { hashes: [{ alg: 'SHA-256', content: digest }] } : {}),
        ...licenceOf(cardIn(facts)),
        externalReferences: [
          { type: 'other', url: linkTo(facts, 'compliance'), comment: 'Compliance pack' },
        ],
        modelCard: modelCard(facts),
        properties: properties({
          'runledger:version': String(version),
          'runledger:stage': known.stage,
          'runledger:weights_sha256': facts.weightsDigest,
          'runledger:run_id': known.runId,
          ...Object.fromEntries(
            Object.entries(gitOf(facts.around.origin)).map(([key, value]) => [
              `runledger:git.${key}`,
              value == null ? undefined : String(value),
            ]),
          ),
        }),
      },
    },
    components: [...datasets, ...libraries],
    dependencies: [
      {
        ref: self,
        dependsOn: [...new Set([...datasets, ...libraries].map((one) => one['bom-ref']))],
      },
    ],
  };
}

const cardIn = ({ card }: ComplianceFacts): Card =>
  card.resolved.kind === 'card' ? card.resolved.card : {};

const descriptionOf = (facts: ComplianceFacts): JsonObject => {
  const text = textOf(cardIn(facts), 'description');
  return text === undefined ? {} : { description: text };
};

const licenceOf = (card: Card): JsonObject => {
  const name = textOf(card, 'license');
  return name === undefined ? {} : { licenses: [{ license: { name } }] };
};

const properties = (values: Readonly<Record<string, string | undefined>>): readonly JsonObject[] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name, value }],
  );

function modelCard(facts: ComplianceFacts): JsonObject {
  const card = cardIn(facts);
  const { params, metrics } = facts.facts;
  const text = (key: string): readonly string[] => {
    const found = textOf(card, key);
    return found === undefined ? [] : [found];
  };
  const task = textOf(card, 'task');
  const ethics = text('ethical_considerations').map((name) => ({ name }));
  const fairness = numbersIn(card.fairness_metrics);
  return {
    modelParameters: {
      ...(task === undefined ? {} : { task }),
      ...(facts.flavors.length === 0 ? {} : { modelArchitecture: facts.flavors.join(', ') }),
      datasets: facts.around.datasets.map(({ name, digest }) => ({
        ref: `dataset:${name}@${digest}`,
      })),
      inputs: facts.interface.inputs.map((format) => ({ format })),
      outputs: facts.interface.outputs.map((format) => ({ format })),
    },
    quantitativeAnalysis: {
      performanceMetrics: [
        ...metrics.measured.slice(0, MOST_PROPERTIES).map(({ name, value, datasetDigest }) => ({
          ...{ type: name, value: String(value) },
          ...(datasetDigest === undefined ? {} : { slice: `dataset ${datasetDigest}` }),
        })),
        ...evaluationsOf(card).flatMap(({ dataset, metrics: listed }) =>
          listed.map(
            ([type, value]): JsonValue => ({ type, value: String(value), slice: dataset }),
          ),
        ),
        ...fairness.map(([type, value]) => ({
          ...{ type, value: String(value), slice: 'fairness' },
        })),
      ],
    },
    considerations: {
      useCases: text('intended_use'),
      technicalLimitations: text('limitations'),
      ...(ethics.length === 0 ? {} : { ethicalConsiderations: ethics }),
      ...(fairness.length === 0
        ? {}
        : {
            fairnessAssessments: fairness.map(([name, value]) => ({
              groupAtRisk: 'as the card says',
              benefits: `${name} = ${value}`,
            })),
          }),
    },
    properties: properties(
      Object.fromEntries(
        Object.entries(params)
          .slice(0, MOST_PROPERTIES)
          .map(([key, value]) => [`param:${key}`, value]),
      ),
    ),
  };
}
