package io.apfproxy.server.log;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.report.Account;
import io.apfproxy.report.LoggedTarget;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the access log keeps of one request until its line is written: some references and numbers,
 * of texts that are short. Durations are in nanoseconds.
 *
 * @param arrivedMillis since 1970
 * @param upstreamLatency from being sent to the upstream's response head; negative if none came
 * @param initLatency of a watch, until its seats came back; else negative
 * @param executionTime from being sent to the end; negative if it was not sent
 * @param waited from the moment it was known who asks until it was sent or refused
 * @param held the seats it got
 */
record AccessEntry(
    long arrivedMillis,
    String method,
    String verb,
    String target,
    String userAgent,
    String auditId,
    String traceId,
    String address,
    String user,
    String protocol,
    Classification where,
    String rule,
    int code,
    Seats held,
    boolean aborted,
    long latency,
    long waited,
    long upstreamLatency,
    long executionTime,
    long initLatency,
    long bytesIn,
    long bytesOut) {
  /** Longer ones are cut when they are taken, not when they are written: they wait in memory. */
  private static final int LONGEST = 1 << 10;

  /**
   * What it held; all 0 if it needed nothing, or got nothing.
   *
   * @param all the larger of initial and last
   * @param initial while it executed
   * @param last after its response
   * @param additionalLatency how long those
   * @param shadow what would have become of it; empty if it was held to all that was decided
   */
  record Seats(int all, int initial, int last, long additionalLatency, String shadow) {
    private static final Seats NONE = new Seats(0, 0, 0, 0, "");

    static Seats of(Account account) {
      SeatLease lease = account.seats();
      String shadow = account.shadow();
      if (lease == null) {
        return shadow.isEmpty() ? NONE : new Seats(0, 0, 0, 0, shadow);
      }
      return new Seats(
          lease.seats(),
          lease.initialSeats(),
          lease.finalSeats(),
          lease.additionalLatencyNanos(),
          shadow);
    }
  }

  static AccessEntry of(Account account, long nowMillis) {
    long ended = account.endedAt();
    long sent = account.sentAt();
    long identified = account.identifiedAt();
    RequestDigest digest = account.digest();
    RequestInfo info = account.info();
    Seats held = Seats.of(account);
    long latency = ended - account.arrived();
    boolean watch = info != null && info.isWatch();
    return new AccessEntry(
        nowMillis - latency / 1_000_000,
        account.method(),
        info == null ? "" : info.verb(),
        target(account.target()),
        account.userAgent(),
        account.auditId(),
        account.traceId(),
        account.address(),
        digest == null ? "" : cut(digest.user().name()),
        account.protocol(),
        account.classification(),
        account.rule(),
        account.code(),
        held,
        isAborted(account, info),
        latency,
        identified == 0 ? 0 : (sent == 0 ? ended : sent) - identified,
        sent == 0 || account.answeredAt() == 0 || account.refusal() != null
            ? -1
            : account.answeredAt() - sent,
        sent == 0 ? -1 : ended - sent,
        watch && held.all() > 0 ? account.seatNanos() / held.all() : -1,
        account.bytesIn(),
        account.bytesOut());
  }

  /** That its client ends a watch or a tunnel is how those end. */
  static boolean isAborted(Account account, @Nullable RequestInfo info) {
    return account.end() == Account.End.CUT
        || (account.end() == Account.End.LEFT
            && (info == null || !LongRunning.isLongRunning(info)));
  }

  /**
   * Without what nobody may see where that would be long: the rest is hidden when it is written.
   */
  private static String target(String target) {
    return target.length() > LONGEST ? LoggedTarget.of(target) : target;
  }

  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }
}
