package io.apfproxy.replay;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.time.Duration;

/** A request of a test, and what became of it. */
final class Request implements Demand {
  static final int OPEN = -1;

  private final RequestDigest digest;
  private final Duration service;
  private final long closesAt;
  private int end = OPEN;

  private Request(RequestDigest digest, Duration service, long closesAt) {
    this.digest = digest;
    this.service = service;
    this.closesAt = closesAt;
  }

  static Request get(String user, String url, Duration service) {
    return of("GET", user, url, service);
  }

  static Request of(String method, String user, String url, Duration service) {
    return new Request(digest(method, user, url), service, Long.MAX_VALUE);
  }

  static Request watch(String user, String url, Duration service, Duration closesAt) {
    return new Request(digest("GET", user, url + "?watch=1"), service, closesAt.toNanos());
  }

  private static RequestDigest digest(String method, String user, String url) {
    try {
      RequestTarget target = RequestTarget.parse(url);
      return new RequestDigest(
          RequestInfoParser.parse(method, target),
          UserInfo.of(user, UserInfo.AUTHENTICATED),
          target.query());
    } catch (RefusedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public RequestDigest digest() {
    return digest;
  }

  @Override
  public String agent() {
    return "test";
  }

  @Override
  public long serviceNanos() {
    return service.toNanos();
  }

  @Override
  public long closesAtNanos() {
    return closesAt;
  }

  @Override
  public void ended(int retryAfterSeconds) {
    if (end != OPEN) {
      throw new AssertionError("ended twice");
    }
    end = retryAfterSeconds;
  }

  /** {@link #OPEN}, {@link Demand#SERVED}, or when it may come back. */
  int end() {
    return end;
  }
}
