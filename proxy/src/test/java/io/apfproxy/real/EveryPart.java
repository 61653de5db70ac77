package io.apfproxy.real;

import io.apfproxy.fixtures.otlp.OtlpCollector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that looks on and changes no decision, switched on: each request is counted, logged and
 * recorded, and as many are traced as one likes. Specification seeing.md V-01.
 */
final class EveryPart implements AutoCloseable {
  /** Of a million requests, traces all of them. */
  static final int EACH = 1_000_000;

  private final OtlpCollector collector = OtlpCollector.start();
  private final List<String> flags;
  private final Path accessLog;

  /**
   * @param folder for what is written
   * @param traced of a million requests, these are; a hundred a second are the most
   */
  EveryPart(Path folder, int traced) {
    accessLog = folder.resolve("access.log");
    try {
      Path tracing =
          Files.writeString(
              folder.resolve("tracing.yaml"),
              """
              apiVersion: apiserver.config.k8s.io/v1
              kind: TracingConfiguration
              endpoint: %s
              samplingRatePerMillion: %d
              """
                  .formatted(collector.url(), traced));
      flags =
          List.of(
              "--top-metrics=20",
              "--access-log=" + accessLog,
              "--record=" + Files.createDirectory(folder.resolve("recorded")),
              "--tracing-config-file=" + tracing);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of a proxy; the others are on by default. */
  List<String> flags() {
    return flags;
  }

  OtlpCollector collector() {
    return collector;
  }

  Path accessLog() {
    return accessLog;
  }

  @Override
  public void close() {
    collector.close();
  }
}
