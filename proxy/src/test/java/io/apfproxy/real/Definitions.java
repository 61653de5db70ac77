package io.apfproxy.real;

import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.Kubectl;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Definitions of kinds on their way into a control plane. */
final class Definitions {
  /*
   * Not by kubectl wait: it fails if it looks before the first condition is written. And a kind is served a moment after its
   * definition says that it is established.
   */
  private Definitions() {}

  /**
   * Applies them and waits until all are served.
   *
   * @param files a file or a folder of them
   */
  static void apply(Kubectl kubectl, Path files) {
    String kinds =
        kubectl
            .run("apply", "-f", files.toString(), "-o", "name")
            .orThrow()
            .stdout()
            .lines()
            .map(name -> name.substring(name.indexOf('/') + 1))
            .collect(Collectors.joining(","));
    await().until(() -> kubectl.run("get", kinds).exitCode() == 0);
  }
}
