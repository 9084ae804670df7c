import type { EvidenceSlices } from './evidence-slices.js';
import { comparisonOperations } from './governance/comparison/comparison.operations.js';
import { complianceOperations } from './governance/compliance/compliance.operations.js';
import { ComplianceReader } from './governance/compliance/compliance.reader.js';
import { ComplianceStore } from './governance/compliance/compliance.store.js';
import { PdfPrinter } from './governance/compliance/pdf-printer.js';
import { DigestStore } from './governance/freeze/digests.store.js';
import { hyperparameterOperations } from './governance/hyperparameters/hyperparameters.operations.js';
import { HyperparameterStore } from './governance/hyperparameters/hyperparameters.store.js';
import { VariantStore } from './governance/hyperparameters/variants.store.js';
import { type Consumers, noConsumers } from './governance/lineage/consumers.js';
import { lineageOperations } from './governance/lineage/lineage.operations.js';
import { LineageStore } from './governance/lineage/lineage.store.js';
import type { Database } from './platform/db/database.js';

/** What lineage asks of others. */
export interface LineagePorts {
  readonly database: Database;
  readonly evidence: EvidenceSlices;
  /** Who has loaded versions, where somebody counts that. */
  readonly consumers?: Consumers;
}

/** Every `new` of lineage, of comparisons and of the compliance pack. */
export function lineageSlices({ database, evidence, consumers = noConsumers }: LineagePorts) {
  const lineage = new LineageStore(database.dialect);
  return {
    ...{ ...evidence, lineage, consumers },
    hyperparameters: new HyperparameterStore(database),
    variants: new VariantStore(database),
    digests: new DigestStore(),
    compliance: new ComplianceReader({
      ...{ ...evidence, lineage, consumers },
      decisions: new ComplianceStore(database),
    }),
    printer: new PdfPrinter(),
  };
}

export type LineageSlices = ReturnType<typeof lineageSlices>;

/** What is served of it. */
export const lineageTable = (slices: LineageSlices) => ({
  ...lineageOperations(slices),
  ...comparisonOperations(slices),
  ...complianceOperations(slices),
  ...hyperparameterOperations(slices),
});
