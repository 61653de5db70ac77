package io.apfproxy.replay.suggest;

import java.util.List;

/** Names of users that are not what they look like, or that a file is easily broken by. */
public final class HostileNames {
  /** None of them is a service account's. */
  public static final List<String> ALL =
      List.of(
          "evil\"\n# {name}: \u202e*",
          "\ud83d\udc18 herd", // beyond 16 bits
          "\u0001\u0007\u007f\u0085\u2028\ufeff",
          "system:serviceaccount:Bad_NS:x",
          "system:serviceaccount:etl:*",
          "system:serviceaccount:etl:a:b",
          "---\n- yes: [no, ~]",
          "{{ .Values.name }} ${NAME} %s %n \\",
          " null ",
          "'1e3'",
          "x".repeat(300));

  private HostileNames() {}
}
