package io.apfproxy.server.walk;

import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.gate.Asked;
import io.apfproxy.report.Account;
import io.apfproxy.report.Trace;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.upstream.exchange.BodyBeginning;
import java.net.InetAddress;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request: who sent it, what is asked, who asks. Stations fill it in, gates read
 * it. Belongs to the event loop of its request.
 */
abstract class KnownRequest implements Asked {
  private static final int TOO_MANY_REQUESTS = 429;

  /*
   * Below Call and not beside it, as gates know a request by being one object, and every request
   * would pay for a second one.
   */
  private final Caller caller;
  private final Account account;

  private @Nullable RequestHead head;
  private @Nullable Understood asked;
  private @Nullable InetAddress origin;
  private @Nullable Identity identity;
  private @Nullable RequestSize size;
  private @Nullable Object inForce;
  private @Nullable BodyBeginning bodyBeginning;
  private Trace trace = Trace.NONE;
  private int width;
  private long beforehandNanos;

  KnownRequest(Caller caller, Account account) {
    this.caller = caller;
    this.account = account;
  }

  final Caller caller() {
    return caller;
  }

  final Account account() {
    return account;
  }

  /** How long it may still wait until it is sent on. */
  final long queueWaitLeft() {
    long most = asked().queueWaitNanos() + beforehandNanos;
    return Math.min(most, asked().allowanceNanos()) - (System.nanoTime() - account.arrived());
  }

  /**
   * For its turn, or for its body: before it asked for seats, so that it does not count as a wait
   * for them.
   */
  final void waitedBeforehand(long nanos) {
    beforehandNanos += nanos;
  }

  /** How long it could last when it was sent on. */
  final long timeLeft() {
    return asked().allowanceNanos() - (account.sentAt() - account.arrived());
  }

  final void understood(RequestHead of, Understood what) {
    head = of;
    asked = what;
    origin = of.origin();
    account.understood(what.info());
  }

  final Understood asked() {
    return known(asked);
  }

  /** Until {@link #forgetHead}. */
  final RequestHead head() {
    return known(head);
  }

  /**
   * The upstream has answered, and the response may last: keeps no more of what only the upstream
   * had to be told, and of which tokens are the most.
   */
  final void forgetHead() {
    var unused = size(); // gates count it once more at the end
    head = null;
    identity = null;
  }

  void identified(Identity who) {
    identity = who;
    account.identified(
        who.authenticated(),
        who.mode().name(),
        new RequestDigest(asked().info(), who.effective(), asked().target().query()),
        System.nanoTime());
  }

  /** Until {@link #forgetHead}. */
  final Identity identity() {
    return known(identity);
  }

  /** What is traced of it from now on. */
  final void traced(Trace itsTrace) {
    trace = itsTrace;
    account.traced(itsTrace.id());
  }

  final Trace trace() {
    return trace;
  }

  /** So much of its body has come. */
  final void bodyBegins(BodyBeginning read) {
    bodyBeginning = read;
  }

  /** Null if nothing was read of a body. */
  final @Nullable BodyBeginning bodyBeginning() {
    return bodyBeginning;
  }

  @Override
  public final RequestDigest digest() {
    return known(account.digest());
  }

  private static <T> T known(@Nullable T what) {
    if (what == null) {
      throw new IllegalStateException("not there yet");
    }
    return what;
  }

  /** Whether its connection was, or would have been, given to a tunnel. */
  @Override
  public final boolean isUpgrade() {
    return asked != null && !asked.upgrade().isEmpty();
  }

  @Override
  public final RequestInfo info() {
    return asked().info();
  }

  @Override
  public final String userAgent() {
    return account.userAgent();
  }

  @Override
  public final @Nullable ClientAddress address() {
    return caller.connection().sharing();
  }

  @Override
  public final @Nullable InetAddress origin() {
    InetAddress told = origin;
    return told == null ? caller.connection().peer() : told;
  }

  @Override
  public final int width(ToIntFunction<RequestDigest> estimate) {
    if (width == 0) {
      width = estimate.applyAsInt(digest());
    }
    return width;
  }

  @Override
  public final Object inForce(Supplier<?> now) {
    Object known = inForce;
    if (known == null) {
      known = now.get();
      inForce = known;
    }
    return known;
  }

  @Override
  public final long headBytes() {
    return size().head();
  }

  @Override
  public final long bodyBytes() {
    return size().body();
  }

  private RequestSize size() {
    RequestSize known = size;
    if (known == null) {
      known = RequestSize.of(caller.request());
      size = known;
    }
    return known;
  }

  @Override
  public final long waitsUntil() {
    return account.arrived() + asked().queueWaitNanos();
  }

  @Override
  public final boolean isRefused() {
    RefusedException refusal = account.refusal();
    return refusal != null
        && refusal.code() == TOO_MANY_REQUESTS; // what else it is told it has asked for
  }
}
