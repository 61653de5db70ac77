package io.apfproxy.report;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.flowcontrol.WouldHave;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * The one record of a request: who asked what from where, when, what it held and moved, and how it
 * ended. Filled on its way and read on its event loop; final once {@link Reporter#ended} was told.
 * Whoever keeps a part of it beyond that call bounds it: names and targets are as long as a head
 * may be.
 *
 * <p>Instants are those of {@link System#nanoTime}, and 0 for what it did not come to.
 */
public final class Account {
  /** How a request ended. */
  public enum End {
    /** The upstream's response went to the client. */
    FORWARDED,
    /** The proxy answered in the upstream's place, as it was asked what it knows: a preflight. */
    ANSWERED,
    /** The proxy refused it, before or after the upstream was asked. */
    REFUSED,
    /** Its response was cut off, so that it does not look complete. */
    CUT,
    /** The proxy ended a watch where its client can go on elsewhere, or a tunnel. */
    FINISHED,
    /** Its client left before it was over. */
    LEFT
  }

  private static final int LONGEST_AGENT = 1024;

  private final long arrived;
  private final String auditId;
  private final String address;
  private final String method;
  private final String target;
  private final String userAgent;
  private String protocol = "";
  private @Nullable X509Certificate certificate;
  private @Nullable RequestInfo info;
  private @Nullable RequestDigest digest;
  private @Nullable UserInfo authenticated;
  private String identityMode = "";
  private long identified;
  private String traceId = "";
  private Classification classification = Classification.NONE;
  private @Nullable Admission place;
  private @Nullable SeatLease seats;
  private long sent;
  private @Nullable Traffic traffic;
  private int code;
  private long answered;
  private @Nullable RefusedException refusal;
  private String limitInShadow = "";
  private long waitInShadow;
  private Circumstances found = Circumstances.NONE;
  private HeaviestFlow.@Nullable Flow heaviest;
  private End end = End.FORWARDED;
  private String rule = "";
  private long ended;

  /**
   * @param address of the client's socket
   * @param target as the client sent it
   * @param userAgent null if none was sent
   */
  public Account(
      long arrived,
      String auditId,
      String address,
      String method,
      String target,
      @Nullable String userAgent) {
    this.arrived = arrived;
    this.auditId = auditId;
    this.address = address;
    this.method = method;
    this.target = target;
    this.userAgent = userAgent == null ? "" : bounded(userAgent);
  }

  private static String bounded(String agent) {
    return agent.length() > LONGEST_AGENT ? agent.substring(0, LONGEST_AGENT) : agent;
  }

  // Told on its way.

  /** It came over this version of HTTP. */
  public void spoke(String version) {
    protocol = version;
  }

  /** Its client presented a certificate of its own, which need not be worth anything. */
  public void presented(X509Certificate own) {
    certificate = own;
  }

  /** What is asked is understood. */
  public void understood(RequestInfo what) {
    info = what;
  }

  /**
   * It is known who asks.
   *
   * @param who whom the credentials name, before impersonation
   * @param mode fixed name of how the upstream is told
   */
  public void identified(UserInfo who, String mode, RequestDigest asked, long now) {
    authenticated = who;
    identityMode = mode;
    digest = asked;
    identified = now;
  }

  /** Its trace is known; the id is empty if nothing of it is kept. */
  public void traced(String id) {
    traceId = id;
  }

  /** Flow control has put it somewhere. */
  public void classified(Classification where) {
    classification = where;
  }

  /** It has its place in flow control. */
  public void admitted(Admission itsPlace) {
    place = itsPlace;
    classified(itsPlace.classification());
  }

  /** It holds its seats. */
  public void seated(SeatLease lease) {
    seats = lease;
  }

  /** It is sent to the upstream. */
  public void sent(long now) {
    sent = now;
  }

  /** What counts its bytes from now on. */
  public void moves(Traffic bytes) {
    traffic = bytes;
  }

  /** It is, or would have been, answered by the proxy itself. */
  public void refused(RefusedException why) {
    refusal = why;
    end = End.REFUSED;
    rule = why.rule();
  }

  /** A rate limit that it is not held to would have let it wait. */
  public void wouldWait(long nanos) {
    waitInShadow += nanos;
  }

  /** A rate limit that it is not held to would have refused it. */
  public void wouldBeRefused(RefusedException why) {
    limitInShadow = why.rule();
  }

  /**
   * Its level refuses it.
   *
   * @param level what that was like
   * @param most who used it most; null if nobody knows
   */
  public void foundFull(Circumstances level, HeaviestFlow.@Nullable Flow most) {
    found = level;
    heaviest = most;
  }

  /** It is a preflight. */
  public void preflight() {
    end = End.ANSWERED;
  }

  /** A response head goes to the client. */
  public void answered(int status, long now) {
    code = status;
    answered = now;
  }

  /** Its response is cut off. */
  public void cut(String why) {
    end = End.CUT;
    rule = why;
  }

  /** It is ended early, at a good place if there is one. */
  public void finished(String why) {
    if (end == End.FORWARDED) {
      end = End.FINISHED;
      rule = why;
    }
  }

  /** Its client left, if that is not what follows the end of its response. */
  public void left() {
    if (end == End.FORWARDED) {
      end = End.LEFT;
    }
  }

  /** The upstream's response has arrived whole, also if its client left at the same time. */
  public void complete() {
    if (end == End.LEFT) {
      end = End.FORWARDED;
    }
  }

  /** It is over, and all is given back. */
  public void ended(long now) {
    ended = now;
  }

  /**
   * What says who asked what, and where it was put: some hundred bytes, for what is told of a
   * request when it is long over.
   */
  public Account brief() {
    Account brief =
        new Account(
            arrived,
            auditId,
            address,
            method,
            ShownText.of(LoggedTarget.of(target), 512),
            userAgent);
    brief.classification = classification;
    RequestDigest asked = digest;
    brief.digest = asked == null ? null : asked.brief();
    return brief;
  }

  // Read at its end.

  public long arrived() {
    return arrived;
  }

  /** As client and upstream see it. */
  public String auditId() {
    return auditId;
  }

  /** Of the client's socket. */
  public String address() {
    return address;
  }

  public String method() {
    return method;
  }

  /** As the client sent it; may hold what nobody may see. */
  public String target() {
    return target;
  }

  /** At most 1,024 characters; empty if none was sent. */
  public String userAgent() {
    return userAgent;
  }

  /** Such as {@code HTTP/2.0}; empty if nobody said so. */
  public String protocol() {
    return protocol;
  }

  /** What its client presented, unverified, and perhaps unreadable; null if nothing. */
  public @Nullable X509Certificate certificate() {
    return certificate;
  }

  /** What was asked; null if it was not understood. */
  public @Nullable RequestInfo info() {
    return info;
  }

  /** What was asked and by whom, as flow control sees it; null if nobody found out who asks. */
  public @Nullable RequestDigest digest() {
    return digest;
  }

  /** Whom the credentials name, before impersonation; null if nobody found out. */
  public @Nullable UserInfo authenticated() {
    return authenticated;
  }

  /** Fixed name of how the upstream is told who asks; empty if nobody found out. */
  public String identityMode() {
    return identityMode;
  }

  /** When it was known who asks. */
  public long identifiedAt() {
    return identified;
  }

  /** Its trace, 32 hexadecimal digits; empty if nothing is kept of it. */
  public String traceId() {
    return traceId;
  }

  /** {@link Classification#NONE} if flow control did not see it. */
  public Classification classification() {
    return classification;
  }

  /** Its place in flow control; null if that did not see it. */
  public @Nullable Admission place() {
    return place;
  }

  /** Null if it had no seats, or needed none. */
  public @Nullable SeatLease seats() {
    return seats;
  }

  /**
   * Seats times how long it held them, in seat-nanoseconds, as its level counts it: a watch holds
   * them until it has sent its initial events, a write for some time after its response. 0 if it
   * had no seats, or needed none.
   */
  public long seatNanos() {
    SeatLease held = seats;
    return held == null ? 0 : held.seatNanos();
  }

  /** When it was sent to the upstream: it then no longer waited for seats. */
  public long sentAt() {
    return sent;
  }

  /** Status of the response head that went to the client; 0 if none did. */
  public int code() {
    return code;
  }

  /** When that head went. */
  public long answeredAt() {
    return answered;
  }

  /** Bytes of the request's body, or from the client through a tunnel, that went upstream. */
  public long bytesIn() {
    Traffic moved = traffic;
    return moved == null ? 0 : moved.bytesIn();
  }

  /** Bytes of the upstream's response body, or through a tunnel, that went to the client. */
  public long bytesOut() {
    Traffic moved = traffic;
    return moved == null ? 0 : moved.bytesOut();
  }

  /** What the client was told in the upstream's place; null if nothing. */
  public @Nullable RefusedException refusal() {
    return refusal;
  }

  /**
   * What would have become of it by now, as in {@link WouldHave#text}, where a rate limit or its
   * level does not hold it to that; empty if they do.
   */
  public String shadow() {
    if (!limitInShadow.isEmpty()) {
      return "refuse " + limitInShadow;
    }
    SeatLease held = seats;
    WouldHave level = held == null ? null : held.wouldHave();
    if (waitInShadow > 0 && (level == null || level.passed())) {
      return new WouldHave(true, waitInShadow, null).text();
    }
    return level == null ? "" : level.text();
  }

  /** What its level was like when that refused it; {@link Circumstances#NONE} if it did not. */
  public Circumstances found() {
    return found;
  }

  /** Who used its level most when that refused it; null if it did not, or nobody knows. */
  public HeaviestFlow.@Nullable Flow heaviest() {
    return heaviest;
  }

  public End end() {
    return end;
  }

  /** Fixed name of the rule by which it was refused, cut off or finished; else empty. */
  public String rule() {
    return rule;
  }

  /** When it was over. */
  public long endedAt() {
    return ended;
  }
}
