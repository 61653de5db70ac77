package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.CommandResult;
import java.util.function.Function;

/**
 * A command, or a small conversation, whose outcome must not depend on the way to the server.
 *
 * @param exitCode what the direct run must end with: a step that fails on both ways alike proves
 *     nothing
 * @param shown text that the direct run's output must hold; empty for any
 */
record KubectlStep(
    String name, int exitCode, String shown, Function<KubectlActor, CommandResult> action) {

  static KubectlStep step(String command) {
    return new KubectlStep(command, 0, "", actor -> actor.run(command.split(" ", -1)));
  }

  static KubectlStep step(String name, Function<KubectlActor, CommandResult> action) {
    return new KubectlStep(name, 0, "", action);
  }

  /** kubectl with a manifest on standard input. */
  static KubectlStep manifest(String resource, String command) {
    return step(
        command + " < " + resource,
        actor -> actor.runWithManifest(resource, command.split(" ", -1)));
  }

  KubectlStep fails(int expected) {
    return new KubectlStep(name, expected, shown, action);
  }

  KubectlStep shows(String text) {
    return new KubectlStep(name, exitCode, text, action);
  }
}
