package io.apfproxy.bench;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What is asked, from a target that was read. The counterpart of the reference's NewRequestInfo.
 */
public class RequestInfoBench extends TimedBench {
  @Param public Asked asked;

  private RequestTarget target;

  /** Requests of the reference's benchmark. */
  public enum Asked {
    GET_POD("GET", "/api/v1/namespaces/default/pods/web-0"),
    LIST_DEPLOYMENTS("GET", "/apis/apps/v1/namespaces/default/deployments?limit=500"),
    WATCH_PODS_NODE(
        "GET",
        "/api/v1/pods?watch=true&resourceVersion=12345&fieldSelector=spec.nodeName%3Dn1"
            + "&allowWatchBookmarks=true"),
    PUT_STATUS("PUT", "/apis/apps/v1/namespaces/default/deployments/web/status"),
    HEALTHZ("GET", "/healthz");

    private final String method;
    private final String target;

    Asked(String method, String target) {
      this.method = method;
      this.target = target;
    }
  }

  @Setup
  public void read() throws RefusedException {
    target = RequestTarget.parse(asked.target);
  }

  @Benchmark
  public RequestInfo parse() throws RefusedException {
    return RequestInfoParser.parse(asked.method, target);
  }
}
