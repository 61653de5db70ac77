package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells of the requests of one event loop: of most of them at their end, of watches and other long
 * ones at their start, and now and then what they moved since. Belongs to that event loop. Source:
 * specification seeing.md V-15, V-17.
 */
final class LoopTalkers implements Reporter {
  /*
   * What is written lies in the ring until the reader comes, so whatever a client can make long is
   * cut first, which allocates, and is rare.
   */
  private static final int LONGEST = 1024;

  /** Each long one is looked at once in so many sweeps. */
  static final int SWEEPS = 100;

  private final TalkerRing ring;
  private final TalkerRecord record = new TalkerRecord();
  private final IdentityHashMap<Account, LongOne> longOnes = new IdentityHashMap<>();
  private final List<LongOne> sweeping = new ArrayList<>();
  private int swept;

  /** A watch or tunnel that goes on. */
  private static final class LongOne {
    private final Account account;
    private long toldBytes;
    private long toldSeats;
    private int place;

    LongOne(Account account, int place) {
      this.account = account;
      this.place = place;
    }

    long untoldBytes() {
      long moved = account.bytesIn() + account.bytesOut();
      long more = moved - toldBytes;
      toldBytes = moved;
      return more;
    }

    /** A watch holds them at its beginning only. */
    long untoldSeats() {
      long held = account.seatNanos();
      long more = held - toldSeats;
      toldSeats = held;
      return more;
    }
  }

  LoopTalkers(TalkerRing ring) {
    this.ring = ring;
  }

  @Override
  public void answered(Account account) {
    RequestInfo info = account.info();
    if (info != null
        && account.refusal() == null
        && LongRunning.isLongRunning(info)
        && !longOnes.containsKey(account)) {
      LongOne one = new LongOne(account, sweeping.size());
      longOnes.put(account, one);
      sweeping.add(one);
      tell(
          account,
          null,
          1,
          waited(account, account.answeredAt()),
          one.untoldSeats(),
          one.untoldBytes());
    }
  }

  @Override
  public void ended(Account account) {
    LongOne one = longOnes.isEmpty() ? null : longOnes.remove(account);
    if (one == null) {
      tell(
          account,
          account.refusal() == null ? null : account.rule(),
          1,
          waited(account, account.endedAt()),
          account.seatNanos(),
          account.bytesIn() + account.bytesOut());
    } else {
      LongOne last = sweeping.remove(sweeping.size() - 1);
      if (last != one) {
        sweeping.set(one.place, last);
        last.place = one.place;
      }
      tell(account, null, 0, 0, one.untoldSeats(), one.untoldBytes());
    }
  }

  @Override
  public void wouldWait(Account account, long nanos) {
    record.would = true;
    tell(account, null, 0, nanos, 0, 0);
    record.would = false;
  }

  @Override
  public void wouldRefuse(
      Account account,
      RefusedException refusal,
      Circumstances level,
      HeaviestFlow.@Nullable Flow most) {
    record.would = true;
    tell(account, refusal.rule(), 0, 0, 0, 0);
    record.would = false;
  }

  /** From its arrival to its seats, or to its refusal, or until nobody waited any more. */
  private static long waited(Account account, long last) {
    long decided =
        account.sentAt() != 0
            ? account.sentAt()
            : account.refusal() != null && account.answeredAt() != 0 ? account.answeredAt() : last;
    return Math.max(0, decided - account.arrived());
  }

  @Override
  public void tick() {
    int many = (sweeping.size() + SWEEPS - 1) / SWEEPS;
    for (int i = 0; i < many; i++) {
      swept = swept + 1 < sweeping.size() ? swept + 1 : 0;
      LongOne one = sweeping.get(swept);
      long seats = one.untoldSeats();
      long bytes = one.untoldBytes();
      if (seats > 0 || bytes > 0) {
        tell(one.account, null, 0, 0, seats, bytes);
      }
    }
  }

  private void tell(
      Account account, @Nullable String rule, int requests, long wait, long seats, long bytes) {
    record.user = account.digest() == null ? null : bounded(account.digest().user().name());
    record.info = bounded(account.info());
    record.agent = account.userAgent();
    record.address = account.address();
    record.place = account.classification();
    record.rule = rule;
    record.requests = requests;
    record.waitNanos = wait;
    record.seatNanos = seats;
    record.bytes = bytes;
    ring.write(record);
    record.info = null;
    record.user = null;
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }

  private static @Nullable RequestInfo bounded(@Nullable RequestInfo info) {
    if (info == null
        || (info.path().length() <= LONGEST
            && info.labelSelector().length() <= LONGEST
            && info.fieldSelector().length() <= LONGEST)) {
      return info;
    }
    return new RequestInfo(
        info.resourceRequest(),
        bounded(info.path()),
        info.verb(),
        bounded(info.apiPrefix()),
        bounded(info.apiGroup()),
        bounded(info.apiVersion()),
        bounded(info.namespace()),
        bounded(info.resource()),
        bounded(info.subresource()),
        "",
        "",
        "");
  }
}
