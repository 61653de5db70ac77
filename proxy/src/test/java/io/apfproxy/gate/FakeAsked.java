package io.apfproxy.gate;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.List;

/** A watch before gates. */
public final class FakeAsked implements Asked {
  private static final RequestInfo WATCH =
      new RequestInfo(
          true, "/api/v1/pods", "watch", "api", "", "v1", "", "pods", "", "", List.of(), "", "");

  private final RequestDigest digest;
  private final Runnable onGiveWay;

  /** Set by tests. */
  public int waits;

  public boolean refused;
  public long waitsUntil;

  public FakeAsked(String user, Runnable onGiveWay) {
    this.digest = new RequestDigest(WATCH, UserInfo.of(user), "watch=true");
    this.onGiveWay = onGiveWay;
  }

  public FakeAsked(String user) {
    this(user, () -> {});
  }

  @Override
  public RequestInfo info() {
    return digest.info();
  }

  @Override
  public RequestDigest digest() {
    return digest;
  }

  @Override
  public boolean isUpgrade() {
    return false;
  }

  @Override
  public String userAgent() {
    return "";
  }

  @Override
  public ClientAddress address() {
    return new ClientAddress(false, 1);
  }

  @Override
  public long headBytes() {
    return 1_000;
  }

  @Override
  public long bodyBytes() {
    return 10;
  }

  @Override
  public long waitsUntil() {
    return waitsUntil;
  }

  @Override
  public int waits() {
    return waits;
  }

  @Override
  public boolean isRefused() {
    return refused;
  }

  @Override
  public void giveWay() {
    onGiveWay.run();
  }
}
