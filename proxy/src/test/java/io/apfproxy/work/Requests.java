package io.apfproxy.work;

import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;

/** Requests as a client writes them. */
public final class Requests {
  private Requests() {}

  public static RequestDigest get(String url) {
    return of("GET", url);
  }

  public static RequestDigest of(String method, String url) {
    return new RequestDigest(
        RecordedRequests.info(method, url), UserInfo.ANONYMOUS, RecordedRequests.query(url));
  }
}
