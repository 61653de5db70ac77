package io.apfproxy.admin;

import java.util.List;
import java.util.stream.Collectors;

/** The page that says whether the proxy is ready, as kube-apiserver writes it. */
final class Readiness {
  private static final String VERBOSE = "verbose";

  private Readiness() {}

  static AdminReply reply(List<AdminPages.Check> checks, Asked asked) {
    boolean ready = checks.stream().allMatch(AdminPages.Check::ok);
    int code = ready ? 200 : 503;
    if (!asked.parameters().contains(VERBOSE)) {
      return AdminReply.plain(code, ready ? "ok" : "not ready");
    }
    boolean notes = asked.local(); // they name what is in the cluster
    String list = checks.stream().map(check -> line(check, notes)).collect(Collectors.joining());
    return AdminReply.plain(code, list + "readyz check " + (ready ? "passed\n" : "failed\n"));
  }

  private static String line(AdminPages.Check check, boolean withNote) {
    String note = check.note().isEmpty() || !withNote ? "" : ": " + check.note();
    return check.ok()
        ? "[+]" + check.name() + " ok" + note + "\n"
        : "[-]" + check.name() + " failed" + (note.isEmpty() ? ": reason withheld" : note) + "\n";
  }
}
