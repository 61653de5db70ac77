package io.apfproxy.work;

import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;

/** Requests as a client writes them. */
final class Requests {
  private Requests() {}

  static RequestDigest get(String url) {
    return of("GET", url);
  }

  static RequestDigest of(String method, String url) {
    return new RequestDigest(
        RecordedRequests.info(method, url), UserInfo.ANONYMOUS, RecordedRequests.query(url));
  }
}
