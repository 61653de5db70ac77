package io.apfproxy.gate;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import java.net.InetAddress;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What gates may know of a request: the request itself, the same object each time and equal to
 * itself only. What it says does not change, but for {@link #waits} and {@link #isRefused}. Belongs
 * to its event loop; a gate that keeps one may read it elsewhere under the lock under which it did.
 */
public interface Asked {
  RequestInfo info();

  /** What is asked, and who asks. Not before that is known. */
  RequestDigest digest();

  /** Whether its connection would become a tunnel. */
  boolean isUpgrade();

  /** As the client writes it; empty if it does not. */
  String userAgent();

  /** The other end of its connection; null if limits of one address do not hold for that. */
  @Nullable ClientAddress address();

  /**
   * Where it began: the other end of its connection or, where that is a proxy which is believed,
   * whom it names; null if that has no address.
   */
  @Nullable InetAddress origin();

  /**
   * How many seats wide it is: estimated when that is first asked, and the same from then on. Not
   * before it is known who asks.
   */
  int width(ToIntFunction<RequestDigest> estimate);

  /**
   * What its gates found in force when that was first asked: the same object from then on, whatever
   * is configured meanwhile.
   */
  Object inForce(Supplier<?> now);

  /** Bytes that its head takes in memory, about. */
  long headBytes();

  /** Bytes that may have arrived of its body, at most. */
  long bodyBytes();

  /** The instant until which it may wait, as {@code now} of {@link Gate#enter}. */
  long waitsUntil();

  /** How often it has waited so far, for anything. */
  int waits();

  /** Whether it ends by being refused for what it would take: by a gate, or by flow control. */
  boolean isRefused();

  /**
   * A gate to whose decision it is not held would have let it wait for so long; it goes on.
   *
   * @param nanos more than 0
   */
  void wouldWait(long nanos);

  /** A gate to whose decision it is not held would have refused it; it goes on. */
  void wouldBeRefused(RefusedException why);

  /** Asks it to end soon, as somebody else needs what it holds. From any thread. */
  void giveWay();
}
