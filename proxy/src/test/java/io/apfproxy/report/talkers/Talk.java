package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.FakeLease;
import io.apfproxy.report.Account;
import io.apfproxy.report.Traffic;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request as the walk would tell of it. */
public final class Talk implements Traffic {
  private final Account account;
  private final long arrived;
  private final Held lease = new Held();
  private long bytesIn;
  private long bytesOut;

  /** What it holds. */
  private static final class Held implements FakeLease {
    private long seatNanos;

    @Override
    public int seats() {
      return 1;
    }

    @Override
    public long seatNanos() {
      return seatNanos;
    }
  }

  private Talk(long arrived, String method, String target, @Nullable String agent) {
    this.arrived = arrived;
    this.account = new Account(arrived, "id", "192.0.2.1", method, target, agent);
    account.moves(this);
  }

  /** A request of this user. */
  public static Talk of(long arrived, String user, String method, String target, String agent) {
    Talk talk = new Talk(arrived, method, target, agent);
    RequestInfo info = info(method, target);
    talk.account.understood(info);
    UserInfo who = UserInfo.of(user, UserInfo.AUTHENTICATED);
    talk.account.identified(who, "AUTO", new RequestDigest(info, who, ""), arrived);
    return talk;
  }

  /** What this asks for. */
  static RequestInfo info(String method, String target) {
    try {
      return RequestInfoParser.parse(method, RequestTarget.parse(target));
    } catch (RefusedException e) {
      throw new IllegalArgumentException(target, e);
    }
  }

  /** One that nobody understood. */
  static Talk unread(long arrived) {
    return new Talk(arrived, "GET", "/", null);
  }

  /** Flow control put it there. */
  public Talk into(String level, String schema, String distinguisher) {
    account.classified(new Classification(schema, "", level, "", distinguisher));
    account.seated(lease);
    return this;
  }

  /** It waited for seats, and was sent on. */
  public Talk waited(long millis) {
    account.sent(arrived + TimeUnit.MILLISECONDS.toNanos(millis));
    return this;
  }

  /** It has moved so much in all. */
  public Talk moved(long in, long out) {
    bytesIn = in;
    bytesOut = out;
    return this;
  }

  /** It has held so much in all. */
  public Talk held(double seatSeconds) {
    lease.seatNanos = Math.round(seatSeconds * TimeUnit.SECONDS.toNanos(1));
    return this;
  }

  /** It was refused. */
  public Talk refused(String rule) {
    account.refused(new RefusedException(429, "TooManyRequests", rule, "no"));
    return this;
  }

  /** Its answer begins. */
  public Account answered(int code, long now) {
    account.answered(code, now);
    return account;
  }

  /** It is over. */
  public Account ended(long now) {
    account.ended(now);
    return account;
  }

  @Override
  public long bytesIn() {
    return bytesIn;
  }

  @Override
  public long bytesOut() {
    return bytesOut;
  }
}
