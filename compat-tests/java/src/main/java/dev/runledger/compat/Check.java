package dev.runledger.compat;

import java.util.Objects;
import java.util.UUID;
import org.mlflow.tracking.MlflowHttpException;

/** One thing that must hold, with the words that tell which. */
record Check(String name, Body body) {
  /** What is done to find out. */
  @FunctionalInterface
  interface Body {
    void run() throws Exception;
  }

  /** Runs it, and prints how it went. */
  boolean passes() {
    try {
      body.run();
      System.out.println("ok     " + name);
      return true;
    } catch (Exception | AssertionError failure) {
      System.out.println("FAILED " + name + ": " + failure);
      for (StackTraceElement element : failure.getStackTrace()) {
        if (element.getClassName().startsWith("dev.runledger")) {
          System.out.println("         at " + element);
        }
      }
      return false;
    }
  }

  static void equal(Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }

  static void that(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Expects the server to refuse with a status and an error code. */
  static void refused(int status, String code, Body call) throws Exception {
    try {
      call.run();
    } catch (MlflowHttpException refusal) {
      equal(status, refusal.getStatusCode());
      that(refusal.getBodyMessage().contains('"' + code + '"'), refusal.getBodyMessage());
      return;
    }
    throw new AssertionError("expected a refusal with " + status + " " + code);
  }

  /** A name that nothing else on the server has. */
  static String unique(String prefix) {
    return prefix + "-" + UUID.randomUUID();
  }
}
