package dev.runledger.compat;

import static dev.runledger.compat.Check.equal;
import static dev.runledger.compat.Check.refused;
import static dev.runledger.compat.Check.that;
import static dev.runledger.compat.Check.unique;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.api.proto.ModelRegistry.ModelVersionStatus;
import org.mlflow.api.proto.ModelRegistry.RegisteredModel;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.ModelVersionsPage;
import org.mlflow.tracking.Page;

/**
 * Registered models and their versions. The Java client has no methods that write to the registry,
 * so those requests go through its plain sendPost and sendPatch.
 */
final class RegistryChecks {
  private final MlflowClient client;

  RegistryChecks(MlflowClient client) {
    this.client = client;
  }

  List<Check> all() {
    return List.of(
        new Check("a model is registered, with versions and stages", this::stages),
        new Check("versions are searched and paged", this::search),
        new Check("a version is described", this::update),
        new Check("a version's files are downloaded", this::download),
        new Check("what is not registered is refused", this::missing));
  }

  private void stages() {
    String name = newModel();
    newVersion(name, "s3://models/one", "");
    newVersion(name, "s3://models/two", "");
    transition(name, "1", "Production");
    transition(name, "2", "Staging");
    equal("1", only(client.getLatestVersions(name, List.of("Production"))).getVersion());
    equal(2, client.getLatestVersions(name).size());
    transition(name, "2", "Production");
    equal("2", only(client.getLatestVersions(name, List.of("Production"))).getVersion());
    equal("Archived", client.getModelVersion(name, "1").getCurrentStage());

    RegisteredModel model = client.getRegisteredModel(name);
    equal(name, model.getName());
    equal(2, model.getLatestVersionsCount());
    ModelVersion version = client.getModelVersion(name, "2");
    equal("s3://models/two", version.getSource());
    equal(ModelVersionStatus.READY, version.getStatus());
  }

  private void search() {
    String name = newModel();
    for (int i = 0; i < 3; i += 1) {
      newVersion(name, "s3://models/" + i, "");
    }
    String filter = "name = '" + name + "'";
    List<String> order = List.of("version_number ASC");
    ModelVersionsPage page = client.searchModelVersions(filter, 2, order);
    List<String> versions = new ArrayList<>();
    page.getItems().forEach(version -> versions.add(version.getVersion()));
    equal(2, versions.size());
    Page<ModelVersion> second = page.getNextPage();
    second.getItems().forEach(version -> versions.add(version.getVersion()));
    equal(List.of("1", "2", "3"), versions);
    equal(3, client.searchModelVersions(filter).getItems().size());
    that(client.searchModelVersions().getItems().size() >= 3, "versions of all models");
  }

  private void update() {
    String name = newModel();
    newVersion(name, "s3://models/one", "");
    String body = "{\"name\":\"%s\",\"version\":\"1\",\"description\":\"größer\"}";
    client.sendPatch("model-versions/update", body.formatted(name));
    equal("größer", client.getModelVersion(name, "1").getDescription());
    String found = client.sendGet("registered-models/get?name=" + name);
    that(found.contains(name), found);
  }

  private void download() throws Exception {
    String run = client.createRun(client.createExperiment(unique("java"))).getRunId();
    Path folder = Files.createTempDirectory("compat-java");
    Files.writeString(folder.resolve("MLmodel"), "flavors: {}\n");
    client.logArtifacts(run, folder.toFile(), "model");
    String source = client.getRun(run).getInfo().getArtifactUri() + "/model";
    String name = newModel();
    newVersion(name, source, run);
    transition(name, "1", "Production");
    equal(source, client.getModelVersionDownloadUri(name, "1"));
    File version = client.downloadModelVersion(name, "1");
    equal("flavors: {}\n", Files.readString(version.toPath().resolve("MLmodel")));
    File latest = client.downloadLatestModelVersion(name, "Production");
    that(Files.exists(latest.toPath().resolve("MLmodel")), "the latest version's file");
  }

  private void missing() throws Exception {
    String name = unique("java");
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getRegisteredModel(name));
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getModelVersion(newModel(), "7"));
  }

  private String newModel() {
    String name = unique("java");
    client.sendPost("registered-models/create", "{\"name\":\"" + name + "\"}");
    return name;
  }

  private void newVersion(String name, String source, String run) {
    String body = "{\"name\":\"%s\",\"source\":\"%s\",\"run_id\":\"%s\"}";
    client.sendPost("model-versions/create", body.formatted(name, source, run));
  }

  private void transition(String name, String version, String stage) {
    String body =
        "{\"name\":\"%s\",\"version\":\"%s\",\"stage\":\"%s\",\"archive_existing_versions\":true}";
    client.sendPost(
        "model-versions/transition-stage", body.formatted(name, version, stage));
  }

  private static ModelVersion only(List<ModelVersion> versions) {
    equal(1, versions.size());
    return versions.get(0);
  }
}
