package io.apfproxy.work;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;

/** Requests as a client writes them. */
final class Requests {
  private Requests() {}

  static RequestDigest get(String url) {
    return of("GET", url);
  }

  static RequestDigest of(String method, String url) {
    try {
      RequestTarget target = RequestTarget.parse(url);
      return new RequestDigest(
          RequestInfoParser.parse(method, target), UserInfo.ANONYMOUS, target.query());
    } catch (RefusedException e) {
      throw new AssertionError(method + " " + url, e);
    }
  }
}
