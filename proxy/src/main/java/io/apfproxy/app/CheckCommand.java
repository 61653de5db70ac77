package io.apfproxy.app;

import io.apfproxy.config.ObjectKey;
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
    text.append(count(read, ObjectKey.Kind.FLOW_SCHEMA))
        .append(", ")
        .append(count(read, ObjectKey.Kind.PRIORITY_LEVEL))
        .append(": valid\n");
    return new Output(text.toString(), 0);
  }

  private static String count(ManifestSet read, ObjectKey.Kind kind) {
    long number = read.objects().stream().filter(o -> o.key().kind() == kind).count();
    return number + " " + kind.apiName() + (number == 1 ? "" : "s");
  }
}
