package io.apfproxy.gate;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A request before gates; a watch if nothing else is said. */
public final class FakeAsked implements Asked {
  private static final RequestInfo WATCH =
      new RequestInfo(true, "/api/v1/pods", "watch", "api", "", "v1", "", "pods", "", "", "", "");

  private final RequestDigest digest;
  private final Runnable onGiveWay;

  /** Set by tests. */
  public int waits;

  public long headBytes = 1_000;
  public boolean refused;
  public boolean upgrade;
  public long waitsUntil;
  public String userAgent = "";
  public @Nullable InetAddress peer;

  /** What gates to whose decision it is not held have told. */
  public final List<Long> wouldWait = new ArrayList<>();

  public final List<RefusedException> wouldBeRefused = new ArrayList<>();

  private int width;
  private @Nullable Object inForce;

  public FakeAsked(RequestDigest digest) {
    this(digest, () -> {});
  }

  private FakeAsked(RequestDigest digest, Runnable onGiveWay) {
    this.digest = digest;
    this.onGiveWay = onGiveWay;
  }

  public FakeAsked(String user, Runnable onGiveWay) {
    this(new RequestDigest(WATCH, UserInfo.of(user), "watch=true"), onGiveWay);
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
    return upgrade;
  }

  @Override
  public String userAgent() {
    return userAgent;
  }

  @Override
  public ClientAddress address() {
    return new ClientAddress(false, 1);
  }

  @Override
  public @Nullable InetAddress origin() {
    return peer;
  }

  @Override
  public int width(ToIntFunction<RequestDigest> estimate) {
    if (width == 0) {
      width = estimate.applyAsInt(digest);
    }
    return width;
  }

  @Override
  public Object inForce(Supplier<?> now) {
    Object known = inForce;
    if (known == null) {
      known = now.get();
      inForce = known;
    }
    return known;
  }

  @Override
  public long headBytes() {
    return headBytes;
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
  public void wouldWait(long nanos) {
    wouldWait.add(nanos);
  }

  @Override
  public void wouldBeRefused(RefusedException why) {
    wouldBeRefused.add(why);
  }

  @Override
  public void giveWay() {
    onGiveWay.run();
  }
}
