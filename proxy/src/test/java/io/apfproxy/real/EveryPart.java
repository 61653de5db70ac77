package io.apfproxy.real;

import io.apfproxy.fixtures.otlp.OtlpCollector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that looks on and changes no decision, switched on: each request is counted, logged, recorded
 * and traced. Specification seeing.md V-01.
 */
final class EveryPart implements AutoCloseable {
  private final OtlpCollector collector = OtlpCollector.start();
  private final List<String> flags;

  /**
   * @param folder for what is written
   */
  EveryPart(Path folder) {
    try {
      Path tracing =
          Files.writeString(
              folder.resolve("tracing.yaml"),
              """
              apiVersion: apiserver.config.k8s.io/v1
              kind: TracingConfiguration
              endpoint: %s
              samplingRatePerMillion: 1000000
              """
                  .formatted(collector.url()));
      flags =
          List.of(
              "--top-metrics=20",
              "--access-log=" + folder.resolve("access.log"),
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

  @Override
  public void close() {
    collector.close();
  }
}
