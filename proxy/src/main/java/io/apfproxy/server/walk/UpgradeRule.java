package io.apfproxy.server.walk;

import io.apfproxy.request.RequestInfo;

/**
 * Which upgrades are taken upstream. Every other one is dropped and its request served as if it had
 * not asked, which is what kube-apiserver does with it. Source: reference, apimachinery
 * proxy/upgradeaware.go, apiserver httpstream/wsstream; specification security.md S42 to S44.
 */
final class UpgradeRule {
  /*
   * Behind the subresource proxy the back end decides what it speaks. HTTP/2 in clear text is not
   * among it: it would carry further requests past everything that looks at one.
   */
  private static final String HTTP2 = "h2c";

  private UpgradeRule() {}

  /**
   * @param asked value of {@code Upgrade}; empty if there is none
   * @return what to ask upstream for; empty to ask for nothing
   */
  static String protocol(String asked, String method, RequestInfo info) {
    if (asked.isEmpty() || method.equals("HEAD")) {
      return "";
    }
    boolean served =
        info.isWatch()
            ? asked.equalsIgnoreCase("websocket")
            : info.resourceRequest()
                && switch (info.subresource()) {
                  case "proxy" -> !namesHttp2(asked);
                  case "exec", "attach", "portforward" ->
                      asked.equalsIgnoreCase("websocket") || asked.equalsIgnoreCase("SPDY/3.1");
                  case "log" -> asked.equalsIgnoreCase("websocket");
                  default -> false;
                };
    return served ? asked : "";
  }

  private static boolean namesHttp2(String asked) {
    for (String protocol : asked.split(",", -1)) {
      if (protocol.strip().equalsIgnoreCase(HTTP2)) {
        return true;
      }
    }
    return false;
  }
}
