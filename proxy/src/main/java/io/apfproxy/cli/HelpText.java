package io.apfproxy.cli;

import java.util.stream.Stream;

/** The text of {@code --help}: one row a flag, grouped, for a terminal of 80 columns. */
final class HelpText {
  private static final int COLUMNS = 80;
  private static final int HELP_COLUMN = 34;

  private HelpText() {}

  static String serve() {
    StringBuilder text = new StringBuilder();
    line(text, "API Priority and Fairness in front of kube-apiserver.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy [serve] [flags]      run the proxy");
    line(text, "  apf-proxy kubeconfig [flags]   print a kubeconfig that leads through it");
    line(text, "  apf-proxy check FILE...        say what is wrong in manifests");
    line(text, "  apf-proxy diff OLD NEW         say what a change of manifests means");
    line(text, "  apf-proxy explain METHOD URL   say where a request goes, and why");
    line(text, "  apf-proxy top                  show who uses it, and who is refused");
    line(text, "  apf-proxy why AUDIT-ID         say why it refused a request");
    line(text, "  apf-proxy adopt                say which levels can be enforced");
    line(text, "  apf-proxy simulate SCENARIO... say what a configuration makes of invented");
    line(text, "                                 traffic");
    line(text, "  apf-proxy replay LOG...        say what it makes of an audit log");
    line(text, "  apf-proxy suggest LOG...       say who crowds others out there, and what helps");
    line(text, "  apf-proxy version              print the version");
    for (Group group : Group.values()) {
      line(text, "");
      line(text, group.heading() + ":");
      Stream.of(Flag.values())
          .filter(flag -> flag.group() == group)
          .forEach(flag -> row(text, synopsis(flag), describe(flag)));
    }
    row(text, "-h, --help", "this text");
    line(text, "");
    line(text, "Each flag is also an environment variable, --secure-port as APF_SECURE_PORT, and");
    line(text, "a key of the --config file, secure-port. The flag wins, then the variable.");
    return text.toString();
  }

  static String kubeconfig() {
    StringBuilder text = new StringBuilder();
    line(text, "Prints a kubeconfig with server and CA replaced: same users and contexts.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy kubeconfig --kubeconfig FILE --server URL [flags]");
    line(text, "");
    row(text, "--kubeconfig FILE", "kubeconfig to start from");
    row(text, "--server URL", "the proxy, as its clients reach it");
    row(text, "--certificate-authority FILE", "CA of its certificate, or a self-signed one");
    row(text, "--break-glass", "for the break-glass lane: one user, and all in one file");
    row(text, "--client-certificate FILE", "with it: certificate of that user");
    row(text, "--client-key FILE", "with it: its key");
    row(text, "-h, --help", "this text");
    return text.toString();
  }

  static String check() {
    StringBuilder text = new StringBuilder();
    line(text, "Prints what is wrong in manifests as file:line: field: message; exit code 1 then,");
    line(text, "and if a rate limit, or an enforcement, is seldom meant as it stands.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy check FILE...    files of YAML or JSON, or folders of them");
    return text.toString();
  }

  static String diff() {
    StringBuilder text = new StringBuilder();
    line(text, "Prints what a change of manifests means for levels, matching and rate limits.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy diff OLD NEW [flags]   each a file, or a folder of them");
    line(text, "");
    row(text, "--seats N", "of all levels together [600]");
    line(text, "");
    line(
        text,
        "Both lie over the built-in objects, as with --flowcontrol-source=builtin,files:DIR.");
    return text.toString();
  }

  static String explain() {
    StringBuilder text = new StringBuilder();
    line(
        text, "Prints which schema a request matches, why the earlier ones do not, and its level,");
    line(text, "flow, hand of queues, width and limit.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy explain METHOD URL [flags]   such as GET '/api/v1/pods?limit=500'");
    line(text, "");
    row(text, "--user NAME", "who asks; without it, the anonymous user");
    row(text, "--group NAME", "a group of the user, may be repeated");
    row(text, "--config FILE", "manifests, or a folder of them, over the built-in objects");
    row(text, "--seats N", "of all levels together [600]");
    row(text, "--output NAME", "text or json, a field for each part of a step [text]");
    row(text, "--admin URL", "ask a running proxy instead, such as http://127.0.0.1:8443");
    access(text);
    return text.toString();
  }

  static String top() {
    StringBuilder text = new StringBuilder();
    line(text, "Prints who uses running proxies most, and who is refused; on a terminal again and");
    line(text, "again, until Ctrl-C.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy top [flags]");
    line(text, "");
    row(text, "--by NAME", "user, agent, namespace, what, address or flow [user]");
    row(
        text,
        "--window NAME",
        "how far back: 10s, 1m or 10m; now: who holds and who waits for seats [1m]");
    row(
        text,
        "--sort NAME",
        "most of requests, refused, wait, seat-seconds, bytes, would-wait or would-refuse first"
            + " [seat-seconds]");
    row(text, "--limit N", "rows, 1000 at most [20]");
    row(text, "--once", "one table, also on a terminal");
    row(text, "--output NAME", "table or json, which comes once [table]");
    row(
        text,
        "--admin URL",
        "a proxy's admin listener, may be repeated: figures are added [http://127.0.0.1:8443]");
    access(text);
    line(text, "");
    line(text, "A cell marked ~ may be more than 5 % higher.");
    return text.toString();
  }

  static String why() {
    StringBuilder text = new StringBuilder();
    line(text, "Prints why running proxies refused requests, as long as they remember them, and");
    line(text, "what to do next; exit code 1 if none remembers such a request.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy why AUDIT-ID [flags]      one request; its answer has Audit-Id");
    line(text, "  apf-proxy why --user NAME [flags]   the last ones of a user");
    line(text, "");
    row(text, "--user NAME", "as flow control sees it");
    row(text, "--limit N", "requests, 1000 at most [5]");
    row(
        text,
        "--admin URL",
        "a proxy's admin listener, may be repeated: all are asked [http://127.0.0.1:8443]");
    access(text);
    return text.toString();
  }

  static String adopt() {
    StringBuilder text = new StringBuilder();
    line(text, "Prints of each level what would have happened to its requests in shadow, and");
    line(text, "whether it can be enforced.");
    line(text, "");
    line(text, "Usage:");
    line(text, "  apf-proxy adopt [flags]");
    line(text, "");
    row(text, "--output NAME", "table or json [table]");
    row(
        text,
        "--admin URL",
        "a proxy's admin listener, may be repeated: figures are added [http://127.0.0.1:8443]");
    access(text);
    line(text, "");
    line(text, "quiet  fewer than 1000 requests or 10 minutes: watch longer");
    line(text, "safe   nothing refused, and 99 % wait 100 ms at most: the command stands below");
    line(text, "look   somebody would notice");
    return text.toString();
  }

  private static void access(StringBuilder text) {
    row(text, "--token-file FILE", "with --admin: bearer token to send");
    row(text, "--certificate-authority FILE", "with --admin: CA of its certificate");
  }

  private static String synopsis(Flag flag) {
    String names = flag == Flag.V ? "-v, --v" : flag.flag();
    return flag.kind() == ValueKind.BOOLEAN ? names : names + " " + flag.kind().label();
  }

  private static String describe(Flag flag) {
    return flag.defaultText().isEmpty()
        ? flag.help()
        : flag.help() + " [" + flag.defaultText() + "]";
  }

  static void row(StringBuilder text, String synopsis, String help) {
    StringBuilder line = new StringBuilder("  ").append(synopsis);
    if (line.length() >= HELP_COLUMN) {
      line(text, line.toString());
      line.setLength(0);
    }
    for (String word : help.split(" ", -1)) {
      if (line.length() + 1 + word.length() > COLUMNS) {
        line(text, line.toString());
        line.setLength(0);
      }
      if (line.length() < HELP_COLUMN) {
        line.append(" ".repeat(HELP_COLUMN - line.length()));
      } else {
        line.append(' ');
      }
      line.append(word);
    }
    line(text, line.toString());
  }

  static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
