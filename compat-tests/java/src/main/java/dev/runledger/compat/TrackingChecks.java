package dev.runledger.compat;

import static dev.runledger.compat.Check.equal;
import static dev.runledger.compat.Check.refused;
import static dev.runledger.compat.Check.that;
import static dev.runledger.compat.Check.unique;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.CreateExperiment;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.ExperimentTag;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.tracking.ActiveRun;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowContext;

/** Experiments, runs, and what is logged to them. */
final class TrackingChecks {
  /** Beyond what a double can tell apart. */
  private static final long LARGE = 9_007_199_254_740_993L;

  private final MlflowClient client;

  TrackingChecks(MlflowClient client) {
    this.client = client;
  }

  List<Check> all() {
    return List.of(
        new Check("an experiment is made, found, renamed, deleted and restored", this::experiment),
        new Check("an experiment takes tags and a location", this::experimentDetails),
        new Check("what is not there is refused as MLflow refuses it", this::missing),
        new Check("a run lives from its start to its end", this::run),
        new Check("a run is deleted and restored", this::deletedRun),
        new Check("params and tags are logged one by one", this::paramsAndTags),
        new Check("metrics keep their history, with every digit of a step", this::metrics),
        new Check("special metric values survive", this::specialMetrics),
        new Check("a batch is logged whole", this::batch),
        new Check("the fluent context logs a run", this::context));
  }

  private void experiment() throws Exception {
    String name = unique("java");
    String id = client.createExperiment(name);
    Experiment made = client.getExperiment(id);
    equal(name, made.getName());
    equal("active", made.getLifecycleStage());
    equal(id, client.getExperimentByName(name).orElseThrow().getExperimentId());
    refused(400, "RESOURCE_ALREADY_EXISTS", () -> client.createExperiment(name));

    String renamed = unique("java-renamed");
    client.renameExperiment(id, renamed);
    equal(renamed, client.getExperiment(id).getName());
    that(client.getExperimentByName(name).isEmpty(), "the old name is free");
    client.deleteExperiment(id);
    equal("deleted", client.getExperiment(id).getLifecycleStage());
    client.restoreExperiment(id);
    equal("active", client.getExperiment(id).getLifecycleStage());
  }

  private void experimentDetails() {
    CreateExperiment request =
        CreateExperiment.newBuilder()
            .setName(unique("java"))
            .setArtifactLocation("mlflow-artifacts:/java")
            .addTags(ExperimentTag.newBuilder().setKey("team").setValue("risk"))
            .build();
    String id = client.createExperiment(request);
    client.setExperimentTag(id, "Zustand", "schön");
    Experiment made = client.getExperiment(id);
    equal("mlflow-artifacts:/java", made.getArtifactLocation());
    Map<String, String> tags =
        made.getTagsList().stream()
            .collect(Collectors.toMap(ExperimentTag::getKey, ExperimentTag::getValue));
    equal(Map.of("team", "risk", "Zustand", "schön"), tags);
  }

  private void missing() throws Exception {
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getExperiment("987654321"));
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getRun("0".repeat(32)));
    that(client.getExperimentByName(unique("java")).isEmpty(), "no experiment of that name");
  }

  private void run() {
    String experiment = client.createExperiment(unique("java"));
    RunInfo info =
        client.createRun(
            CreateRun.newBuilder()
                .setExperimentId(experiment)
                .setUserId("ada")
                .setStartTime(1_700_000_000_000L)
                .addTags(RunTag.newBuilder().setKey("mlflow.runName").setValue("first"))
                .build());
    equal(RunStatus.RUNNING, info.getStatus());
    equal("first", info.getRunName());
    client.setTerminated(info.getRunId(), RunStatus.FAILED, 1_700_000_000_500L);
    RunInfo ended = client.getRun(info.getRunId()).getInfo();
    equal(RunStatus.FAILED, ended.getStatus());
    equal(1_700_000_000_000L, ended.getStartTime());
    equal(1_700_000_000_500L, ended.getEndTime());
    equal("ada", ended.getUserId());
    that(ended.getArtifactUri().endsWith(info.getRunId() + "/artifacts"), ended.getArtifactUri());
  }

  private void deletedRun() throws Exception {
    String run = newRun();
    client.deleteRun(run);
    equal("deleted", client.getRun(run).getInfo().getLifecycleStage());
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.logParam(run, "a", "b"));
    client.restoreRun(run);
    equal("active", client.getRun(run).getInfo().getLifecycleStage());
  }

  private void paramsAndTags() throws Exception {
    String run = newRun();
    client.logParam(run, "depth", "7");
    client.logParam(run, "größe/é", "ü 漢字");
    client.logParam(run, "depth", "7");
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.logParam(run, "depth", "8"));
    client.setTag(run, "team", "risk");
    client.setTag(run, "team", "fraud");
    client.setTag(run, "gone", "x");
    client.deleteTag(run, "gone");
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.deleteTag(run, "gone"));
    Run found = client.getRun(run);
    equal(Map.of("depth", "7", "größe/é", "ü 漢字"), params(found));
    Map<String, String> tags = tags(found);
    equal("fraud", tags.get("team"));
    that(!tags.containsKey("gone"), "the tag is gone");
  }

  private void metrics() {
    String run = newRun();
    client.logMetric(run, "auc", 0.5, 1_000, 1);
    client.logMetric(run, "auc", 0.75, 2_000, LARGE);
    client.logMetric(run, "auc", 0.625, 3_000, -5);
    List<Metric> history = client.getMetricHistory(run, "auc");
    equal(List.of(0.5, 0.75, 0.625), history.stream().map(Metric::getValue).toList());
    equal(List.of(1L, LARGE, -5L), history.stream().map(Metric::getStep).toList());
    Metric latest = client.getRun(run).getData().getMetrics(0);
    equal(0.75, latest.getValue());
    equal(LARGE, latest.getStep());
    client.logMetric(run, "now", 1.0);
    equal(1, client.getMetricHistory(run, "now").size());
    equal(0, client.getMetricHistory(run, "never").size());
  }

  private void specialMetrics() {
    String run = newRun();
    double[] values = {Double.NaN, 0.1, -0.0, 1e300, 5e-324, Double.POSITIVE_INFINITY};
    for (int step = 0; step < values.length; step += 1) {
      client.logMetric(run, "m" + step, values[step], 1_000, step);
    }
    Map<String, Double> found = new TreeMap<>();
    client.getRun(run).getData().getMetricsList().forEach(m -> found.put(m.getKey(), m.getValue()));
    that(Double.isNaN(found.get("m0")), "NaN");
    equal(0.1, found.get("m1"));
    that(found.get("m2") == 0.0, "zero");
    equal(1e300, found.get("m3"));
    equal(5e-324, found.get("m4"));
    that(found.get("m5") >= Double.MAX_VALUE, "infinity");
  }

  private void batch() {
    String run = newRun();
    Metric.Builder metric = Metric.newBuilder().setKey("loss").setTimestamp(1);
    client.logBatch(
        run,
        List.of(metric.setValue(2).setStep(1).build(), metric.setValue(1).setStep(2).build()),
        List.of(Param.newBuilder().setKey("a").setValue("1").build()),
        List.of(RunTag.newBuilder().setKey("t").setValue("v").build()));
    client.logBatch(run, null, null, List.of());
    Run found = client.getRun(run);
    equal(2, client.getMetricHistory(run, "loss").size());
    equal(1.0, found.getData().getMetrics(0).getValue());
    equal(Map.of("a", "1"), params(found));
    equal("v", tags(found).get("t"));
  }

  private void context() {
    MlflowContext context = new MlflowContext(client);
    context.setExperimentId(client.createExperiment(unique("java")));
    ActiveRun run = context.startRun("outer");
    ActiveRun inner = context.startRun("inner", run.getId());
    run.logParams(Map.of("a", "1", "b", "2"));
    run.logMetrics(Map.of("x", 1.0, "y", 2.0), 3);
    run.setTags(Map.of("t", "v"));
    inner.endRun();
    run.endRun();
    Run found = client.getRun(run.getId());
    equal(RunStatus.FINISHED, found.getInfo().getStatus());
    equal("outer", found.getInfo().getRunName());
    equal(Map.of("a", "1", "b", "2"), params(found));
    equal(2, found.getData().getMetricsCount());
    equal(run.getId(), tags(client.getRun(inner.getId())).get("mlflow.parentRunId"));
  }

  private String newRun() {
    return client.createRun(client.createExperiment(unique("java"))).getRunId();
  }

  private static Map<String, String> params(Run run) {
    return run.getData().getParamsList().stream()
        .collect(Collectors.toMap(Param::getKey, Param::getValue));
  }

  private static Map<String, String> tags(Run run) {
    return run.getData().getTagsList().stream()
        .collect(Collectors.toMap(RunTag::getKey, RunTag::getValue));
  }
}
