package io.apfproxy.command;

import static java.util.stream.Collectors.joining;

import io.apfproxy.classify.Hazard;
import io.apfproxy.config.BuiltInObjects;
import io.apfproxy.config.ConfigurationPlan;
import io.apfproxy.config.ConfigurationPlan.Layer;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.Kind;
import io.apfproxy.config.SourceObject;
import io.apfproxy.source.Finding;
import io.apfproxy.source.ManifestSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Says what is wrong in manifests, {@code file:line: field: message}, and what is seldom meant. */
public final class CheckCommand {
  private CheckCommand() {}

  /**
   * Exit code 1 if anything is wrong, or a rate limit or an enforcement is not likely to be meant.
   * Source: specification limits.md L-13, L-32.
   */
  public static Output run(List<Path> files) {
    ManifestSet read = ManifestSet.read(files);
    StringBuilder text = new StringBuilder();
    read.findings().forEach(finding -> text.append(finding).append('\n'));
    for (Finding notice : read.notices()) {
      text.append(new Finding(notice.file(), notice.line(), "notice", notice.message()))
          .append('\n');
    }
    if (!read.findings().isEmpty()) {
      return new Output(text.toString(), 1);
    }
    ConfigurationPlan plan = overBuiltIn(read.objects());
    List<String> tooMany = OfflineConfiguration.errors(plan);
    tooMany.forEach(error -> text.append(error).append('\n'));
    if (!tooMany.isEmpty()) {
      return new Output(text.toString(), 1);
    }
    int exitCode = 0;
    for (Hazard hazard : Hazard.of(plan.digest())) {
      exitCode = Hazard.isWithin(hazard.object()) ? 1 : exitCode;
      text.append("warning: " + hazard.object() + ": " + hazard.message() + "\n");
    }
    for (SourceObject object : dangling(plan)) {
      text.append(
          "warning: %s: its priority level %s is missing: it matches nothing\n"
              .formatted(object.key(), object.content().leadsTo()));
    }
    text.append(Kind.all().stream().map(kind -> count(read, kind)).collect(joining(", ")))
        .append(": valid\n");
    return new Output(text.toString(), exitCode);
  }

  /** Schemas of levels that are neither in the files nor built in; they may be elsewhere. */
  private static List<SourceObject> dangling(ConfigurationPlan plan) {
    Set<String> levels = plan.digest().levels().keySet();
    return plan.verdicts().stream()
        .map(Verdict::object)
        .filter(
            object -> {
              String level = object.content().leadsTo();
              return level != null && !levels.contains(level);
            })
        .toList();
  }

  /** The files may hold a part of what is to be in force: the rest is as it is at first. */
  private static ConfigurationPlan overBuiltIn(List<SourceObject> objects) {
    return ConfigurationPlan.of(
        List.of(
            new Layer("builtin", true, BuiltInObjects.all()), new Layer("files", true, objects)),
        null);
  }

  private static String count(ManifestSet read, Kind<?> kind) {
    long number = read.objects().stream().filter(o -> o.key().kind().equals(kind)).count();
    return number + " " + kind.apiName() + (number == 1 ? "" : "s");
  }
}
