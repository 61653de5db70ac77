package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One of the two who run the same commands, each in a namespace of its own: directly, or through
 * the proxy.
 *
 * @param id short name, unique in the cluster; {@code {id}} and {@code {ns}} in arguments and
 *     manifests stand for it and its namespace
 * @param scratch folder for files
 */
record KubectlActor(String id, Kubectl kubectl, Path scratch) {

  String namespace() {
    return "conf-" + id;
  }

  CommandResult run(String... args) {
    return kubectl.run(fill(args));
  }

  /** With a manifest of the test resources on standard input. */
  CommandResult runWithManifest(String resource, String... args) {
    return kubectl.runWithInput(fill(TestResources.read("/real/" + resource)), fill(args));
  }

  CommandResult runWithInput(String stdin, String... args) {
    return kubectl.runWithInput(stdin, fill(args));
  }

  RunningCommand start(String... args) {
    return kubectl.start(fill(args));
  }

  KubectlActor with(String variable, String value) {
    return new KubectlActor(id, kubectl.with(variable, value), scratch);
  }

  private String[] fill(String... args) {
    return Arrays.stream(args).map(this::fill).toArray(String[]::new);
  }

  private String fill(String text) {
    return text.replace("{ns}", namespace()).replace("{id}", id);
  }
}
