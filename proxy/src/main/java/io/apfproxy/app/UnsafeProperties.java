package io.apfproxy.app;

import io.apfproxy.cli.StartException;
import java.util.Map;
import java.util.Properties;

/** System properties with which the libraries read requests less strictly than we rely on. */
final class UnsafeProperties {
  /** With the only value that each may have. */
  private static final Map<String, String> EXPECTED =
      Map.of(
          "vertx.disableHttpHeadersValidation", "false",
          "io.netty.handler.codec.http.defaultStrictLineParsing", "true");

  private UnsafeProperties() {}

  /**
   * @throws StartException naming the property
   */
  static void refuse(Properties properties) throws StartException {
    for (Map.Entry<String, String> expected : EXPECTED.entrySet()) {
      String found = properties.getProperty(expected.getKey());
      if (found != null && !found.equalsIgnoreCase(expected.getValue())) {
        throw new StartException(
            "-D"
                + expected.getKey()
                + ": found \""
                + found
                + "\", expected "
                + expected.getValue()
                + " or nothing: requests could be read in two ways");
      }
    }
  }
}
