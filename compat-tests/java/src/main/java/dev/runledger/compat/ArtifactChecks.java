package dev.runledger.compat;

import static dev.runledger.compat.Check.equal;
import static dev.runledger.compat.Check.that;
import static dev.runledger.compat.Check.unique;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.FileInfo;
import org.mlflow.tracking.MlflowClient;

/**
 * Files of a run. The Java client hands them to a Python with mlflow, which the environment
 * variable MLFLOW_PYTHON_EXECUTABLE names.
 */
final class ArtifactChecks {
  private final MlflowClient client;

  ArtifactChecks(MlflowClient client) {
    this.client = client;
  }

  List<Check> all() {
    return List.of(new Check("files are uploaded, listed and downloaded", this::files));
  }

  private void files() throws Exception {
    String run = client.createRun(client.createExperiment(unique("java"))).getRunId();
    Path folder = Files.createTempDirectory("compat-java");
    byte[] bytes = {0, 1, (byte) 0xfe, (byte) 0xff};
    Path inner = Files.createDirectories(folder.resolve("inner"));
    Path file = Files.write(inner.resolve("a b.bin"), bytes);
    Files.writeString(folder.resolve("note.txt"), "grüße");

    client.logArtifact(run, file.toFile());
    client.logArtifacts(run, folder.toFile(), "all");
    Map<String, FileInfo> top = byPath(client.listArtifacts(run));
    equal(List.of("a b.bin", "all"), top.keySet().stream().sorted().toList());
    equal(4L, top.get("a b.bin").getFileSize());
    that(top.get("all").getIsDir(), "a folder");
    equal(
        List.of("all/inner", "all/note.txt"),
        byPath(client.listArtifacts(run, "all")).keySet().stream().sorted().toList());

    File downloaded = client.downloadArtifacts(run, "all");
    equal("grüße", Files.readString(downloaded.toPath().resolve("note.txt")));
    byte[] found = Files.readAllBytes(downloaded.toPath().resolve("inner").resolve("a b.bin"));
    that(java.util.Arrays.equals(bytes, found), "the bytes are the same");
  }

  private static Map<String, FileInfo> byPath(List<FileInfo> files) {
    return files.stream().collect(Collectors.toMap(FileInfo::getPath, file -> file));
  }
}
