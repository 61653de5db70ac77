package io.apfproxy.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The chart of this repository, in the hands of Helm. */
public final class Chart {
  /** Release and namespace of every rendering. */
  public static final String RELEASE = "apf-proxy";

  public static final String NAMESPACE = "apf-system";

  /** Tests run in the folder of their module. */
  public static final Path FOLDER = Path.of("..", "helm", "apf-proxy").toAbsolutePath().normalize();

  private Chart() {}

  /** What {@code helm lint --strict} says. */
  static LintResult lint() {
    return helm().lint().strict().call();
  }

  /**
   * What {@code helm template} prints.
   *
   * @param values YAML
   * @throws IllegalStateException with Helm's words if it refuses
   */
  public static String render(String values) {
    try {
      Path file = Files.createTempFile("values-", ".yaml");
      try {
        Files.writeString(file, values);
        return helm()
            .template()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeVersion("1.37.0")
            .withValuesFile(file)
            .call();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The objects of {@link #render}. */
  public static List<JsonNode> objects(String values) {
    return Yaml.documents(render(values));
  }

  static Helm helm() {
    return new Helm(FOLDER);
  }
}
