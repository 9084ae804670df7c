import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import {
  checkMetadata,
  checkName,
  readAssessment,
  readExpectation,
  readFeedback,
  type Statement,
  type WireAssessment,
} from './assessments.js';
import type { AssessmentChange, AssessmentService } from './assessments.service.js';
import { assessmentToWire } from './assessments.wire.js';

type Ids = 'createAssessment' | 'getAssessment' | 'updateAssessment' | 'deleteAssessment';

/** The assessments family of the API. */
export const assessmentOperations = (
  database: Database,
  service: AssessmentService,
): OperationTable<Ids> => ({
  createAssessment: {
    access: 'edit',
    of: 'assessment',
    id: ({ trace_id }) => trace_id,
    handler: async ({ trace_id, assessment }) => {
      const row = await service.create(trace_id, readAssessment(assessment));
      return { assessment: assessmentToWire(row) };
    },
  },
  getAssessment: {
    access: 'read',
    of: 'assessment',
    id: ({ trace_id }) => trace_id,
    handler: async ({ trace_id, assessment_id }) => {
      const row = await service.get(database.read, trace_id, assessment_id);
      return { assessment: assessmentToWire(row) };
    },
  },
  updateAssessment: {
    access: 'edit',
    of: 'assessment',
    id: ({ trace_id }) => trace_id,
    handler: async ({ trace_id, assessment_id, assessment, update_mask }) => {
      const change = toChange(assessment, update_mask);
      const row = await service.update(trace_id, assessment_id, change);
      return { assessment: assessmentToWire(row) };
    },
  },
  deleteAssessment: {
    access: 'edit',
    of: 'assessment',
    id: ({ trace_id }) => trace_id,
    handler: async ({ trace_id, assessment_id }) => {
      await service.delete(trace_id, assessment_id);
      return {};
    },
  },
});

/** The mask names members in either spelling; what it can't name is passed over. */
function toChange(wire: WireAssessment, mask: string): AssessmentChange {
  const paths = new Set(mask.split(',').map((path) => path.trim()));
  if (paths.has('valid')) {
    throw invalidParameter('The field `valid` of an assessment cannot be updated.');
  }
  const hasName = paths.has('assessmentName') || paths.has('assessment_name');
  return {
    name: hasName ? checkName(wire.assessment_name) : undefined,
    statement: toStatement(wire, paths),
    rationale: paths.has('rationale') ? (wire.rationale ?? '') : undefined,
    metadata: paths.has('metadata') ? checkMetadata(wire.metadata) : undefined,
  };
}

function toStatement(wire: WireAssessment, paths: ReadonlySet<string>): Statement | undefined {
  const expectation = paths.has('expectation') ? readExpectation(wire.expectation) : undefined;
  if (!paths.has('feedback')) return expectation;
  if (expectation === undefined) return readFeedback(wire.feedback);
  throw invalidParameter('Cannot specify both `expectation` and `feedback` parameters.');
}
