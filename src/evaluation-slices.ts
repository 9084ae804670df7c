import { DatasetService } from './evaluation/datasets/datasets.service.js';
import { DatasetStore } from './evaluation/datasets/datasets.store.js';
import { RecordStore } from './evaluation/datasets/records.store.js';
import { IssueService } from './evaluation/issues/issues.service.js';
import { IssueStore } from './evaluation/issues/issues.store.js';
import { LabelSchemaService } from './evaluation/label-schemas/label-schemas.service.js';
import { LabelSchemaStore } from './evaluation/label-schemas/label-schemas.store.js';
import { type Allows, QueueAccess } from './evaluation/review-queues/queue-access.js';
import { QueueItemService } from './evaluation/review-queues/queue-items.service.js';
import { QueueItemStore } from './evaluation/review-queues/queue-items.store.js';
import { ReviewQueueService } from './evaluation/review-queues/review-queues.service.js';
import { ReviewQueueStore } from './evaluation/review-queues/review-queues.store.js';
import type { ReviewedExperiments } from './evaluation/reviewed-experiments.js';
import { OnlineScoringService } from './evaluation/scorers/online-scoring.service.js';
import { OnlineScoringStore } from './evaluation/scorers/online-scoring.store.js';
import { ScorerService } from './evaluation/scorers/scorers.service.js';
import { ScorerStore } from './evaluation/scorers/scorers.store.js';
import type { Clock } from './platform/clock.js';
import type { Database } from './platform/db/database.js';
import { parseFilter } from './platform/filter/filter.js';
import type { Witnesses } from './platform/trail.js';
import { TRACE_LANGUAGE } from './tracing/search/search.language.js';
import { noExperiment, parseExperimentId } from './tracking/experiments/experiments.js';
import type { ExperimentStore } from './tracking/experiments/experiments.store.js';
import type { ActiveExperiments } from './tracking/runs/runs.service.js';

/** What it asks of tracking. */
interface Tracked {
  readonly experimentStore: ExperimentStore;
  readonly activeExperiments: ActiveExperiments;
}

/** Every `new` of evaluation datasets, scorers, issues, label schemas and review queues. */
export function evaluationSlices(
  database: Database,
  { experimentStore, activeExperiments }: Tracked,
  now: Clock,
  witnesses: Witnesses,
  allows: Allows = async () => true,
) {
  const datasetStore = new DatasetStore(database);
  const recordStore = new RecordStore(database);
  const parts = {
    ...{ database, now, ...witnesses },
    store: new ScorerStore(database),
    experiments: { get: activeExperiments.get, parse: parseExperimentId },
  };
  const reviewed: ReviewedExperiments = {
    parse: parseExperimentId,
    active: async (reader, id) => {
      const number = parseExperimentId(id);
      const experiment = await experimentStore.state(reader, number);
      if (experiment?.lifecycle_stage !== 'active') throw noExperiment(number);
      return number;
    },
  };
  const reviewQueues = new ReviewQueueService({
    ...{ database, now, trail: witnesses.trail, experiments: reviewed },
    store: new ReviewQueueStore(database),
  });
  return {
    reviewed,
    queueAccess: new QueueAccess(allows),
    reviewQueues,
    queueItems: new QueueItemService({
      ...{ database, now, queues: reviewQueues, store: new QueueItemStore(database) },
    }),
    issues: new IssueService({
      ...{ database, now, store: new IssueStore(database), experiments: reviewed },
    }),
    labelSchemas: new LabelSchemaService({
      ...{ database, now, trail: witnesses.trail, experiments: reviewed },
      store: new LabelSchemaStore(database),
    }),
    datasetStore,
    recordStore,
    datasets: new DatasetService({
      ...{ database, now, ...witnesses },
      datasets: datasetStore,
      records: recordStore,
      experiments: experimentStore,
    }),
    scorers: new ScorerService(parts),
    onlineScoring: new OnlineScoringService(
      parts,
      new OnlineScoringStore(database),
      (filter) => void parseFilter(filter, { language: TRACE_LANGUAGE }),
    ),
  };
}
