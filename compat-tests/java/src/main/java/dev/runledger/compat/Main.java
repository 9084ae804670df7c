package dev.runledger.compat;

import java.util.ArrayList;
import java.util.List;
import org.mlflow.tracking.MlflowClient;

/** Runs every check against the server at RUNLEDGER_COMPAT_URL and prints the totals. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    String url = System.getenv("RUNLEDGER_COMPAT_URL");
    if (url == null || url.isEmpty()) {
      System.err.println("RUNLEDGER_COMPAT_URL must name the server");
      System.exit(2);
    }
    List<Check> checks = new ArrayList<>();
    int failed = 0;
    try (MlflowClient client = new MlflowClient(url)) {
      checks.addAll(new TrackingChecks(client).all());
      checks.addAll(new SearchChecks(client).all());
      checks.addAll(new ArtifactChecks(client).all());
      checks.addAll(new RegistryChecks(client).all());
      for (Check check : checks) {
        if (!check.passes()) {
          failed += 1;
        }
      }
    }
    System.out.printf("%d passed, %d failed%n", checks.size() - failed, failed);
    // Idle threads of the client's HTTP pool must not keep the process.
    System.exit(failed == 0 ? 0 : 1);
  }
}
