package io.apfproxy.cli;

/** The texts of {@code --help} of {@code simulate}, {@code replay} and {@code suggest}. */
final class RunHelp {
  private RunHelp() {}

  static String simulate() {
    StringBuilder text = new StringBuilder();
    HelpText.line(text, "Prints what a configuration makes of invented traffic. Nothing is sent");
    HelpText.line(text, "anywhere, and time is virtual: ten minutes of 65,000 nodes take seconds.");
    HelpText.line(text, "");
    HelpText.line(text, "Usage:");
    HelpText.line(text, "  apf-proxy simulate SCENARIO... [flags]");
    HelpText.line(text, "");
    HelpText.line(
        text, "A scenario is a file of YAML (docs/replay.md), or the name of one of these:");
    HelpText.line(text, "nodes-65000, list-storm, leader-election.");
    HelpText.line(text, "");
    common(text, "of all levels together [as the scenario says]");
    HelpText.row(
        text,
        "--retries N",
        "how often a refused request comes again, after its Retry-After [as the scenario says]");
    HelpText.row(text, "--warm-up DURATION", "not reported, at the start [a tenth, 10m at most]");
    return text.toString();
  }

  static String replay() {
    StringBuilder text = new StringBuilder();
    HelpText.line(text, "Prints what a configuration makes of the requests in an audit log of");
    HelpText.line(text, "kube-apiserver. Nothing is sent anywhere, and time is virtual.");
    HelpText.line(text, "");
    HelpText.line(text, "Usage:");
    HelpText.line(
        text, "  apf-proxy replay LOG... [flags]   files, folders, or - for standard input");
    HelpText.line(text, "");
    HelpText.line(
        text, "Lines of JSON at level Metadata or above, plain or gzip, in any order; of");
    HelpText.line(text, "several servers all logs at once.");
    HelpText.line(text, "");
    common(text, "of all levels together [600]");
    HelpText.row(
        text, "--retries N", "how often a refused request comes again, after its Retry-After [0]");
    HelpText.row(text, "--warm-up DURATION", "not reported, at the start [a tenth, 10m at most]");
    logs(text);
    return text.toString();
  }

  static String suggest() {
    StringBuilder text = new StringBuilder();
    HelpText.line(
        text, "Finds who crowds others out in an audit log, tries a level of its own for");
    HelpText.line(text, "each in virtual time, and prints those that help, as YAML to apply.");
    HelpText.line(text, "");
    HelpText.line(text, "Usage:");
    HelpText.line(
        text, "  apf-proxy suggest LOG... [flags]   files, folders, or - for standard input");
    HelpText.line(text, "");
    HelpText.row(
        text, "--config PRESENT", "manifests, or a folder of them, over the built-in objects");
    HelpText.row(text, "--seats N", "of all levels together [600]");
    HelpText.row(text, "--request-timeout DURATION", "as of the proxy [1m]");
    HelpText.row(
        text, "--retries N", "how often a refused request comes again, after its Retry-After [0]");
    HelpText.row(text, "--warm-up DURATION", "left out, at the start [a tenth, 10s to 10m]");
    HelpText.row(text, "--output NAME", "text, which is YAML with comments, or json [text]");
    logs(text);
    return text.toString();
  }

  private static void logs(StringBuilder text) {
    HelpText.row(
        text,
        "--objects FILE",
        "a saved /metrics page of kube-apiserver: how many objects there are, and how large");
    HelpText.row(
        text,
        "--list-cost NAME",
        "width of lists: kube-apiserver's arithmetic, compatible, or what such lists weighed, learned [as recorded]");
    HelpText.row(text, "--from INSTANT", "leave out what came before");
    HelpText.row(text, "--until INSTANT", "leave out what came from then on");
    HelpText.row(
        text, "--view NAME", "apiserver keeps what the server asks itself, proxy does not [proxy]");
    HelpText.row(
        text,
        "--names-key FILE",
        "key of a recording with --record-names=hashed: the manifests' names are hashed alike");
    HelpText.row(text, "--memory SIZE", "of the heap for reading and sorting [512MiB]");
    HelpText.row(text, "--temp DIR", "for what does not fit into that [the system's]");
  }

  private static void common(StringBuilder text, String seats) {
    HelpText.row(text, "--config NEW", "manifests, or a folder of them, over the built-in objects");
    HelpText.row(text, "--seats N", seats);
    HelpText.row(
        text, "--against OLD", "manifests to compare with; builtin for the built-in objects alone");
    HelpText.row(text, "--against-seats N", "seats to compare with [as --seats]");
    HelpText.row(text, "--request-timeout DURATION", "as of the proxy [1m]");
    HelpText.row(text, "--output NAME", "text or json [text]");
    HelpText.row(text, "--html FILE", "write a page with pictures too");
    HelpText.row(text, "--limit N", "rows of flows, and of who is throttled, 1000 at most [20]");
    HelpText.row(
        text, "--max-refused PERCENT", "exit code 1 if a level refuses more, such as 0.5%");
    HelpText.row(
        text, "--max-wait-p99 DURATION", "exit code 1 if a hundredth waits longer at a level");
  }
}
