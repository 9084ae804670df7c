import type { OperationTable } from '../../platform/http/operation.js';
import type { ComplianceReader } from './compliance.reader.js';
import type { PdfPrinter } from './pdf-printer.js';

export interface ComplianceOperationParts {
  readonly compliance: ComplianceReader;
  readonly printer: PdfPrinter;
}

/** The compliance pack of a version, in the form that its reader takes. */
export const complianceOperations = (
  parts: ComplianceOperationParts,
): OperationTable<'getCompliancePack'> => ({
  getCompliancePack: {
    access: 'read',
    of: 'model_version',
    id: ({ name }) => name,
    handler: async (input) => {
      // What prints packs is loaded by the first of them.
      const { answerPack } = await import('./answer-pack.js');
      return answerPack(parts, input);
    },
  },
});
