package io.apfproxy.report;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.request.RefusedException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the data path reports, for counters, gauges and logs; whoever listens takes what it wants of
 * it. Called on event loops: must be cheap.
 */
public interface Reporter {
  /** Nobody listens. */
  Reporter NONE = new Reporter() {};

  /** How often a second it is told that time goes by. */
  int TICKS = 10;

  /** Things that are held for a while; each must read 0 once the last client has left. */
  enum Held {
    /** A request between its head and the end of its exchange at the upstream. */
    EXCHANGE,
    /** An upgraded connection. */
    TUNNEL,
    /** A request in hand that waits until somebody is there upstream; it keeps its seats. */
    AWAITING_UPSTREAM,
    /** A request or stream that the upstream works on. */
    UPSTREAM_STREAM,
    /** One of those that nobody waits for any more, until it ends or may be reset. */
    UNWANTED_STREAM,
    /** A response of which no more is read, as its client does not read. */
    BLOCKED_RESPONSE,
    /** A connection to the upstream, tunnels not counted. */
    UPSTREAM_CONNECTION
  }

  /**
   * The one that an event loop reports to, which calls this once, before it reports anything. Who
   * keeps something for each event loop gives each its own.
   */
  default Reporter ofLoop() {
    return this;
  }

  /** Called {@value #TICKS} times a second on the event loop, for what does not wait for an end. */
  default void tick() {}

  /**
   * One more or one less is held.
   *
   * @param delta 1 or -1
   */
  default void held(Held what, int delta) {}

  /** It is known what a request asks, and who asks it. Told once at most, before it is answered. */
  default void identified(Account account) {}

  /**
   * A client gets an answer: a response head goes out, forwarded or our own. The account has no
   * code where a stream is reset in place of that, and for a refusal of the operators' listener.
   * What it says of the end may still change.
   */
  default void answered(Account account) {}

  /**
   * It is decided how long a request would have waited if it were held to the decision of its
   * level, or of a rate limit; told only of those that would have waited. It may be over by then,
   * and the account a {@link Account#brief brief} one.
   *
   * @param nanos from its arrival to its seats, or to its refusal
   */
  default void wouldWait(Account account, long nanos) {}

  /**
   * A request that is not held to the decision of its level, or of a rate limit, would have been
   * refused. It may be over by then, and the account a {@link Account#brief brief} one.
   *
   * @param refusal what it would have been told
   * @param level what that was like; {@link Circumstances#NONE} where a limit would have refused
   * @param most who used it most; null if nobody knows
   */
  default void wouldRefuse(
      Account account,
      RefusedException refusal,
      Circumstances level,
      HeaviestFlow.@Nullable Flow most) {}

  /**
   * A watch has sent what it begins with: its seats are back. Told once at most, while it is open.
   */
  default void initialised(Account account) {}

  /** Bytes of a forwarded response body. */
  default void responseBytes(int bytes) {}

  /**
   * Bytes of a watch whose seats are back, as they came at a time: an event is written at once, so
   * there are at least as many pieces as the server had something to say.
   */
  default void watchPiece(int bytes) {}

  /**
   * A client has taken, or never will take, what was left of a response when its seats went back.
   *
   * @param seatNanos seats times how long they would have been held otherwise
   */
  default void seatsReturnedEarly(long seatNanos) {}

  /**
   * A connection was closed before anything of it was read as a request, or has to wait.
   *
   * @param message what was done with it, and why
   * @param address of the client's socket; empty if it was gone
   */
  default void notAccepted(String rule, String message, String address) {}

  /** A response could not be completed and was cut off, so that it does not look complete. */
  default void aborted(String rule) {}

  /** Something was thrown where no request could be answered for it. */
  default void thrown(Throwable cause) {}

  /** A request is over and has given all back. Told exactly once of each, whatever happened. */
  default void ended(Account account) {}

  /** Tells all of them everything, in order. Those that are {@link #NONE} cost nothing. */
  static Reporter all(Reporter... each) {
    List<Reporter> all =
        Arrays.stream(each).flatMap(All::members).filter(one -> one != NONE).toList();
    return all.isEmpty() ? NONE : all.size() == 1 ? all.get(0) : new All(all);
  }
}
