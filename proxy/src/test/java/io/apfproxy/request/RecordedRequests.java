package io.apfproxy.request;

/** Reads requests of the recordings, some of which the product refuses on purpose. */
public final class RecordedRequests {
  private RecordedRequests() {}

  /**
   * Request info as kube-apiserver makes it, also for targets that our listener answers with 400.
   */
  public static RequestInfo info(String method, String url) {
    try {
      return RequestInfoParser.parse(method, RequestTarget.readAsUpstream(url));
    } catch (RefusedException e) {
      throw new AssertionError(method + " " + url, e);
    }
  }

  /** The raw query, without {@code ?}. */
  public static String query(String url) {
    try {
      return RequestTarget.readAsUpstream(url).query();
    } catch (RefusedException e) {
      throw new AssertionError(url, e);
    }
  }
}
