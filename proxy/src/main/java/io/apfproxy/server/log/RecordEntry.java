package io.apfproxy.server.log;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.report.Account;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.work.WorkInputs;
import org.jspecify.annotations.Nullable;

/**
 * What a recording keeps of one request until its line is written: references, and numbers.
 * Instants and durations are in nanoseconds, instants those of the account.
 *
 * @param started whether it is a watch that goes on, of which a second line will tell the end
 * @param received when it came to flow control, else when it was known who asks, else when it came
 * @param staged when it ended, or a watch had sent what it begins with
 * @param user whom the credentials name; null if nobody found out
 * @param impersonated as whom that one asks; null if as himself
 * @param code 0 if there was no answer
 * @param width most seats at a time; 0 if flow control did not say
 * @param waited for seats, also in vain; negative if flow control did not see it
 * @param held for how long its exchange needed them; negative if it got none
 * @param refused rule; empty if the proxy did not refuse it
 * @param inputs what its width was made from; null if nobody kept it
 */
record RecordEntry(
    boolean started,
    long received,
    long staged,
    String auditId,
    String method,
    RequestInfo info,
    String target,
    @Nullable UserInfo user,
    @Nullable UserInfo impersonated,
    String address,
    String userAgent,
    int code,
    Classification where,
    int width,
    long waited,
    long held,
    long bytes,
    String refused,
    @Nullable WorkInputs inputs) {
  /*
   * Ten thousand may wait, so what a client may make long is bounded; cut it would be another
   * request, of somebody else. A user of some hundred groups has room.
   */
  private static final int LONGEST_TARGET = 4 << 10;
  private static final int LONGEST_NAMES = 16 << 10;
  private static final int LONGEST_METHOD = 64;

  /** Of each group, so that many short ones count too. */
  private static final int PER_GROUP = 16;

  /**
   * Null if it would take too much room.
   *
   * @param info what is asked
   * @param now when it has ended, or its watch goes on
   */
  static @Nullable RecordEntry of(Account account, RequestInfo info, boolean started, long now) {
    UserInfo user = account.authenticated();
    UserInfo asked = account.digest() == null ? null : account.digest().user();
    UserInfo impersonated = asked == null || asked.equals(user) ? null : asked;
    if (account.target().length() > LONGEST_TARGET
        || account.method().length() > LONGEST_METHOD
        || length(user) + length(impersonated) > LONGEST_NAMES) {
      return null;
    }
    Admission place = account.place();
    SeatLease seats = account.seats();
    long arrived = place == null ? 0 : place.arrivedAt();
    return new RecordEntry(
        started,
        arrived != 0 ? arrived : identified(account),
        now,
        account.auditId(),
        account.method(),
        info,
        account.target(),
        user,
        impersonated,
        account.address(),
        account.userAgent(),
        account.code(),
        account.classification(),
        place == null ? 0 : place.width(),
        seats != null ? seats.waitedNanos() : arrived != 0 ? now - arrived : -1,
        seats == null ? -1 : seats.heldNanos(),
        account.bytesIn() + account.bytesOut(),
        account.end() == Account.End.REFUSED ? account.rule() : "",
        place == null ? null : place.inputs());
  }

  private static long identified(Account account) {
    return account.identifiedAt() != 0 ? account.identifiedAt() : account.arrived();
  }

  private static long length(@Nullable UserInfo user) {
    if (user == null) {
      return 0;
    }
    long length = (long) user.name().length() + user.uid().length();
    for (String group : user.groups()) {
      length += (long) group.length() + PER_GROUP;
    }
    return length;
  }
}
