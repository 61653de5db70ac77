package io.apfproxy.request;

/**
 * Which requests may take as long as they like. Source: reference,
 * pkg/server/filters/longrunning.go with kube-apiserver's settings; specification apf-queueing.md
 * 5.2.
 */
public final class LongRunning {
  private LongRunning() {}

  /** Whether the request has no deadline; follows from its path and verb alone. */
  public static boolean isLongRunning(RequestInfo info) {
    if (info.verb().equals("watch") || info.verb().equals("proxy")) {
      return true;
    }
    if (!info.resourceRequest()) {
      return info.path().startsWith("/debug/pprof/");
    }
    return switch (info.subresource()) {
      case "attach", "exec", "proxy", "log", "portforward" -> true;
      default -> false;
    };
  }

  /** Whether the request goes past flow control: long-running, but no watch. */
  public static boolean bypasses(RequestInfo info) {
    return !info.isWatch() && isLongRunning(info);
  }
}
