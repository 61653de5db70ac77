package io.apfproxy.command;

import io.apfproxy.classify.Hazard;
import io.apfproxy.config.BuiltInObjects;
import io.apfproxy.config.ConfigurationPlan;
import io.apfproxy.config.ConfigurationPlan.Layer;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import io.apfproxy.source.Finding;
import io.apfproxy.source.ManifestSet;
import java.nio.file.Path;
import java.util.List;

/** Says what is wrong in manifests: {@code file:line: field: message}. */
public final class CheckCommand {
  private CheckCommand() {}

  /** Exit code 1 if anything is wrong. */
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
    for (Hazard hazard : Hazard.of(overBuiltIn(read.objects()))) {
      text.append("warning: FlowSchema ")
          .append(hazard.flowSchema())
          .append(": ")
          .append(hazard.message())
          .append('\n');
    }
    text.append(count(read, ObjectKey.Kind.FLOW_SCHEMA))
        .append(", ")
        .append(count(read, ObjectKey.Kind.PRIORITY_LEVEL))
        .append(": valid\n");
    return new Output(text.toString(), 0);
  }

  /** The files may hold a part of what is to be in force: the rest is as it is at first. */
  private static FlowControlConfiguration overBuiltIn(List<SourceObject> objects) {
    ConfigurationPlan plan =
        ConfigurationPlan.of(
            List.of(
                new Layer("builtin", true, BuiltInObjects.all()),
                new Layer("files", true, objects)),
            null);
    return FlowControlConfiguration.digest(plan.schemas(), plan.levels(), null);
  }

  private static String count(ManifestSet read, ObjectKey.Kind kind) {
    long number = read.objects().stream().filter(o -> o.key().kind() == kind).count();
    return number + " " + kind.apiName() + (number == 1 ? "" : "s");
  }
}
