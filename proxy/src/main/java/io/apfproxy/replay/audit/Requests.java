package io.apfproxy.replay.audit;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a log as they came: events of one request are one, and what is not known of them
 * is taken from others like it. Not thread-safe; several may read the same log, each for itself.
 */
final class Requests implements AutoCloseable {
  private static final int REMEMBERED = 1 << 14;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final String SEPARATOR = "\0";

  private final Intake intake;
  private final long first;
  private final KnownWidths widths;
  private final Cursor cursor;
  private final @Nullable UserInfo[] users = new UserInfo[REMEMBERED];
  private final int[] numbers = new int[REMEMBERED];
  private final AskedMemo memo = new AskedMemo();
  private Entry next = new Entry();
  private Entry here = new Entry();
  private boolean more;
  private long number;
  private long secondEvents;

  /**
   * @param first when the run begins, in microseconds since 1970
   */
  Requests(Intake intake, SortedLog log, long first, KnownWidths widths) throws IOException {
    this.intake = intake;
    this.widths = widths;
    this.first = first;
    this.cursor = log.cursor();
    more = cursor.read(next);
  }

  /** The next one, or null. */
  @Nullable LoggedRequest next() throws IOException {
    if (!more) {
      return null;
    }
    Entry swap = here;
    here = next;
    next = swap;
    long service = here.service;
    long closed = here.closed;
    boolean started = here.has(Entry.WATCH_STARTED);
    for (more = cursor.read(next); more && next.isSameRequest(here); more = cursor.read(next)) {
      secondEvents++;
      if (next.has(Entry.WATCH_STARTED) && !started) {
        started = true;
        service = next.service;
      }
      if (next.has(Entry.WATCH_ENDED)) {
        closed = next.closed;
      }
    }
    number++;
    Asked asked = asked(here);
    long arrival = nanos(here.arrival) + here.nanos();
    boolean left = here.has(Entry.LEFT);
    return new LoggedRequest(
        new RequestDigest(asked.info(), user(here), asked.query()),
        here.agent == Entry.INLINE ? "" : intake.agents().text(here.agent),
        arrival,
        left || service == Entry.UNKNOWN ? intake.durations().of(asked) : service,
        closed == Entry.UNKNOWN ? Long.MAX_VALUE : nanos(closed),
        left ? arrival + here.service : Long.MAX_VALUE,
        widths.inputs(here, asked.info()));
  }

  private long nanos(long micros) {
    return (micros - first) * NANOS_PER_MICRO;
  }

  private Asked asked(Entry entry) {
    boolean inline = entry.target == Entry.INLINE;
    String text = inline ? entry.inlineTarget : intake.targets().text(entry.target);
    try {
      return memo.of(entry.target, text);
    } catch (RefusedException e) {
      throw new IllegalStateException("was read before: " + text, e);
    }
  }

  private UserInfo user(Entry entry) {
    if (entry.user == Entry.INLINE) {
      return user(entry.inlineUser);
    }
    int place = entry.user & (REMEMBERED - 1);
    UserInfo known = users[place];
    if (known == null || numbers[place] != entry.user) {
      known = user(intake.users().text(entry.user));
      users[place] = known;
      numbers[place] = entry.user;
    }
    return known;
  }

  private static UserInfo user(String text) {
    String[] parts = text.split(SEPARATOR, -1);
    return new UserInfo(
        parts[0], parts[1], Arrays.asList(parts).subList(2, parts.length), Map.of());
  }

  /** Requests so far. */
  long number() {
    return number;
  }

  /** Events that were a part of one of them. */
  long secondEvents() {
    return secondEvents;
  }

  @Override
  public void close() throws IOException {
    cursor.close();
  }
}
