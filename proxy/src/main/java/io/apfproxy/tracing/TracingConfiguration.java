package io.apfproxy.tracing;

import java.net.URI;
import java.nio.file.Path;

/**
 * Where traces go, and how many requests are traced. Source: kube-apiserver's {@code
 * TracingConfiguration}, but that {@code endpoint} is a URL of OTLP over HTTP; specification
 * seeing.md V-95, V-97.
 *
 * @param endpoint whole URL of the collector's traces, {@code http} or {@code https}
 * @param samplingRatePerMillion of the requests that belong to no trace yet, or to one that is not
 *     believed, 0 to 1,000,000
 */
public record TracingConfiguration(URI endpoint, int samplingRatePerMillion) {
  static final int MOST_PER_MILLION = 1_000_000;

  public TracingConfiguration {
    if (samplingRatePerMillion < 0 || samplingRatePerMillion > MOST_PER_MILLION) {
      throw new IllegalArgumentException(
          "samplingRatePerMillion is %d, must be in 0..%d"
              .formatted(samplingRatePerMillion, MOST_PER_MILLION));
    }
  }

  /**
   * Reads a file of YAML or JSON.
   *
   * @throws TracingFileException if it cannot be read, or does not say it as it must
   */
  public static TracingConfiguration read(Path file) throws TracingFileException {
    return new TracingFile(file).read();
  }

  double ratio() {
    return samplingRatePerMillion / (double) MOST_PER_MILLION;
  }
}
