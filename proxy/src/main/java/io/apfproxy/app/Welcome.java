package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.command.Explanation;
import java.net.URI;
import java.nio.file.Path;
import java.util.StringJoiner;

/** What the program says once it listens: where, for whom, with which limits, what to try next. */
final class Welcome {
  private final ProxyOptions options;
  private final URI upstream;
  private final Path certificate;
  private final int securePort;
  private final int adminPort;

  Welcome(ProxyOptions options, URI upstream, Path certificate, int securePort, int adminPort) {
    this.options = options;
    this.upstream = upstream;
    this.certificate = certificate;
    this.securePort = securePort;
    this.adminPort = adminPort;
  }

  String text() {
    StringJoiner text = new StringJoiner("\n");
    text.add("apf-proxy " + Version.NUMBER);
    text.add("  listens   " + url("https", options.listener().bindAddress(), securePort));
    ProxyOptions.BreakGlass lane = options.breakGlass();
    if (lane != null) {
      text.add("  lane      " + url("https", lane.bindAddress(), lane.port()) + " (break-glass)");
    }
    text.add("  upstream  " + upstream);
    text.add("  limits    " + limits());
    String scheme = options.admin().tls() ? "https" : "http";
    text.add("  admin     " + url(scheme, options.admin().bindAddress(), adminPort) + "/ui/");
    text.add("Try:");
    text.add(
        "  "
            + program()
            + " kubeconfig --kubeconfig "
            + (options.upstream().kubeconfig() == null
                ? "KUBECONFIG"
                : options.upstream().kubeconfig())
            + " --server https://localhost:"
            + securePort
            + " --certificate-authority "
            + certificate
            + " > through-proxy.kubeconfig");
    text.add("  kubectl --kubeconfig through-proxy.kubeconfig get ns");
    return text.toString();
  }

  private String limits() {
    ProxyOptions.FlowControlling flow = options.flowControl();
    return flow.fair()
        ? Explanation.count(flow.serverLimit(), "seat") + ", shared by priority and fairness"
        : limit(flow.maxInFlight()) + " reading, " + limit(flow.maxMutatingInFlight()) + " writing";
  }

  private static String limit(int most) {
    return most == 0 ? "unlimited" : String.valueOf(most);
  }

  private static String url(String scheme, String address, int port) {
    return scheme + "://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
  }

  /** The program as it was called. */
  private static String program() {
    String command = System.getProperty("sun.java.command", "").split(" ", 2)[0];
    return command.endsWith(".jar") ? "java -jar " + command : "apf-proxy";
  }
}
