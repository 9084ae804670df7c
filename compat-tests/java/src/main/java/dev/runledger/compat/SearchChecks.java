package dev.runledger.compat;

import static dev.runledger.compat.Check.equal;
import static dev.runledger.compat.Check.refused;
import static dev.runledger.compat.Check.that;
import static dev.runledger.compat.Check.unique;

import java.util.ArrayList;
import java.util.List;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.ExperimentsPage;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.Page;
import org.mlflow.tracking.RunsPage;

/** Searches of runs and experiments, page by page. */
final class SearchChecks {
  private final MlflowClient client;

  SearchChecks(MlflowClient client) {
    this.client = client;
  }

  List<Check> all() {
    return List.of(
        new Check("runs are searched, ordered and paged", this::runs),
        new Check("deleted runs are found when asked for", this::deletedRuns),
        new Check("a wrong filter is refused", this::wrongFilter),
        new Check("experiments are searched and paged", this::experiments));
  }

  private void runs() {
    String experiment = client.createExperiment(unique("java"));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i += 1) {
      String run = client.createRun(experiment).getRunId();
      client.logMetric(run, "auc", i / 10.0, 1, 1);
      client.logParam(run, "kind", i % 2 == 0 ? "even" : "odd");
      ids.add(run);
    }
    List<String> one = List.of(experiment);
    String filter = "metrics.auc > 0.05 and params.kind = 'even'";
    equal(2, client.searchRuns(one, filter).size());

    List<String> order = List.of("metrics.auc DESC");
    RunsPage page = client.searchRuns(one, "", ViewType.ACTIVE_ONLY, 2, order);
    equal(2, page.getItems().size());
    that(page.getNextPageToken().isPresent(), "a second page");
    List<String> found = new ArrayList<>();
    page.getItems().forEach(run -> found.add(run.getInfo().getRunId()));
    Page<Run> next = page;
    while (next.hasNextPage()) {
      next = next.getNextPage();
      next.getItems().forEach(run -> found.add(run.getInfo().getRunId()));
    }
    equal(List.of(ids.get(4), ids.get(3), ids.get(2), ids.get(1), ids.get(0)), found);
  }

  private void deletedRuns() {
    String experiment = client.createExperiment(unique("java"));
    client.createRun(experiment);
    String gone = client.createRun(experiment).getRunId();
    client.deleteRun(gone);
    List<String> one = List.of(experiment);
    equal(1, client.searchRuns(one, "", ViewType.ACTIVE_ONLY).size());
    equal(2, client.searchRuns(one, "", ViewType.ALL).size());
    List<RunInfo> deleted = client.searchRuns(one, "", ViewType.DELETED_ONLY);
    equal(List.of(gone), deleted.stream().map(RunInfo::getRunId).toList());
  }

  private void wrongFilter() throws Exception {
    List<String> one = List.of(client.createExperiment(unique("java")));
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.searchRuns(one, "metrics.auc >"));
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.searchRuns(one, "nothing.auc > 1"));
  }

  private void experiments() {
    String prefix = unique("java");
    for (int i = 0; i < 3; i += 1) {
      client.createExperiment(prefix + "-" + i);
    }
    String filter = "name LIKE '" + prefix + "%'";
    List<String> order = List.of("name ASC");
    ExperimentsPage page = client.searchExperiments(filter, ViewType.ACTIVE_ONLY, 2, order);
    List<String> names = new ArrayList<>();
    page.getItems().forEach(experiment -> names.add(experiment.getName()));
    equal(2, names.size());
    Page<Experiment> second = page.getNextPage();
    second.getItems().forEach(experiment -> names.add(experiment.getName()));
    equal(List.of(prefix + "-0", prefix + "-1", prefix + "-2"), names);
    that(!second.hasNextPage(), "no third page");
    that(client.searchExperiments().getItems().size() >= 3, "all experiments");
  }
}
