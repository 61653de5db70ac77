package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.CommandResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Takes out of kubectl's output what differs between two runs of the same command. */
final class KubectlOutput {
  private static final Map<Pattern, String> RULES = new LinkedHashMap<>();

  static {
    // in impersonation mode the proxy tells the audit log who was behind an impersonation
    rule("\\n *original-user-info\\.apf-proxy\\.io:\\n *- '[^\\n]*'", "");
    rule("(?m)^[EIW]\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d+ +\\d+ (\\S+?):\\d+]", "LOG $1]");
    rule("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID");
    rule("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( [+-]\\d{4} \\w+|Z)?", "TIME");
    rule("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}", "TIME");
    rule("(resourceVersion\"?: ?\"?)\\d+", "$1RV");
    rule("127\\.0\\.0\\.1:\\d+|localhost:\\d+|\\[::1]:\\d+", "HOST");
    rule("10\\.0\\.0\\.\\d+", "CLUSTERIP");
    rule("/[\\w./-]*/(LIVE|MERGED)-\\d+", "/$1");
    rule("\\bweb-([0-9a-f]{8,10})-[bcdfghjklmnpqrstvwxz2456789]{5}\\b", "web-$1-POD");
    rule("\\bconf-[dp]\\d\\b", "NS");
    rule("\\b[dp]\\d\\.example\\.com\\b", "GROUP");
    rule("\\b(\\d+(\\.\\d+)?(ms|[smhd]))+\\b", "AGE");
    rule("  +", "  ");
    rule("(?m) +$", "");
    rule("-{4,}", "----");
  }

  private KubectlOutput() {}

  /**
   * Exit code, standard output and standard error, without names, times and numbers that belong to
   * one run.
   */
  static String normalise(CommandResult result) {
    return "exit code "
        + result.exitCode()
        + "\n--- stdout\n"
        + normalise(result.stdout())
        + "\n--- stderr\n"
        + normalise(result.stderr());
  }

  static String normalise(String text) {
    String plain = text;
    for (Map.Entry<Pattern, String> rule : RULES.entrySet()) {
      plain = rule.getKey().matcher(plain).replaceAll(rule.getValue());
    }
    return plain;
  }

  private static void rule(String pattern, String replacement) {
    RULES.put(Pattern.compile(pattern), replacement);
  }
}
