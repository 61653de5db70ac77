package io.apfproxy.command;

import io.apfproxy.cli.StartException;
import io.apfproxy.config.BuiltInObjects;
import io.apfproxy.config.ConfigurationPlan;
import io.apfproxy.config.ConfigurationPlan.Layer;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.source.ManifestSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A configuration of manifests over the built-in objects, as {@code builtin,files:DIR} gives. */
final class OfflineConfiguration {
  private OfflineConfiguration() {}

  /**
   * Reads it.
   *
   * @param manifests file or folder; null for the built-in objects alone
   * @throws StartException with all that is wrong, one a line, if anything is
   */
  static FlowControlConfiguration read(@Nullable Path manifests) throws StartException {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("builtin", true, BuiltInObjects.all()));
    if (manifests != null) {
      ManifestSet read = ManifestSet.read(List.of(manifests));
      if (!read.findings().isEmpty()) {
        throw new StartException(
            read.findings().stream().map(Object::toString).collect(Collectors.joining("\n")));
      }
      layers.add(new Layer("files", true, read.objects()));
    }
    ConfigurationPlan plan = ConfigurationPlan.of(layers, null);
    List<String> errors = errors(plan);
    if (!errors.isEmpty()) {
      throw new StartException(String.join("\n", errors));
    }
    return plan.digest();
  }

  /** Of objects that are valid, but not beside all the others; one a line. */
  static List<String> errors(ConfigurationPlan plan) {
    return plan.verdicts().stream()
        .filter(verdict -> verdict.state() == State.REJECTED)
        .map(Verdict::object)
        .flatMap(object -> object.errors().stream().map(error -> object.place() + ": " + error))
        .toList();
  }
}
