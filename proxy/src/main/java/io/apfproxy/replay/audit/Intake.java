package io.apfproxy.replay.audit;

import io.apfproxy.cli.StartException;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.report.ShownText;
import io.apfproxy.request.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sorts events of logs: what is a request goes into a {@link SortedLog}, all else is counted. */
final class Intake implements LogReader.Sink {
  private static final int SHOWN = 3;
  private static final int SHOWN_BYTES = 4 << 10;
  private static final String LOOPBACK_USER = "system:apiserver";
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_ERROR = 400;
  private static final Set<String> RULES =
      Arrays.stream(RejectReason.values()).map(RejectReason::label).collect(Collectors.toSet());
  private static final long NANOS_PER_MICRO = 1_000;

  /** In microseconds; what has seats for a day has not, but the clock was set. */
  private static final long LONGEST_SERVICE = 86_400_000_000L;

  private final SortedLog sorted;
  private final LogWindow window;
  private final long mostNameBytes;
  private final Names targets = new Names();
  private final Names users = new Names();
  private final Names agents = new Names();
  private final AskedMemo memo = new AskedMemo();
  private final Durations durations = new Durations();
  private final Map<Excluded, Long> excluded = new EnumMap<>(Excluded.class);
  private final List<String> firstBad = new ArrayList<>();
  private final Entry entry = new Entry();
  private long read;
  private long bad;
  private long refused;
  private long otherVerbs;
  private long untimed;
  private long begun = Long.MAX_VALUE;

  /**
   * @param mostNameBytes of texts that are kept once, in the heap
   */
  Intake(SortedLog sorted, LogWindow window, long mostNameBytes) {
    this.sorted = sorted;
    this.window = window;
    this.mostNameBytes = mostNameBytes;
  }

  /**
   * Reads a file.
   *
   * @throws StartException as {@link LogReader#read} has it
   */
  void read(LogFile file) throws StartException {
    new LogReader(file, this).read();
  }

  @Override
  public void event(AuditEvent event) {
    read++;
    begun = Math.min(begun, event.staged);
    take(event);
  }

  @Override
  public void bad(String where, BadLine why) {
    read++;
    bad++;
    if (firstBad.size() < SHOWN) {
      firstBad.add(ShownText.of(where + ": " + why.getMessage(), SHOWN_BYTES));
    }
  }

  private void exclude(Excluded why) {
    excluded.merge(why, 1L, Long::sum);
  }

  private void take(AuditEvent event) {
    boolean watch = event.verb.equals("watch");
    boolean started = event.stage.equals("ResponseStarted");
    boolean ended = event.stage.equals("ResponseComplete") || event.stage.equals("Panic");
    if (isUnauthenticated(event)) { // its only line is of a stage that others have besides
      exclude(Excluded.UNAUTHORIZED);
      return;
    }
    if (!ended && !(started && watch)) {
      exclude(Excluded.OTHER_STAGE);
      return;
    }
    if (event.who().name.equals(LOOPBACK_USER) && !window.loopback()) {
      exclude(Excluded.LOOPBACK);
      return;
    }
    String text = Asked.text(event.verb, event.requestUri);
    int target = targets.number(text, mayGrow());
    Asked what = asked(target, text);
    if (what == null) {
      exclude(Excluded.NOT_UNDERSTOOD);
    } else if (what.bypasses()) {
      exclude(Excluded.LONG_RUNNING);
    } else if (!window.holds(event.received)) {
      exclude(Excluded.OUT_OF_TIME);
    } else if (endedBeforeFlowControl(event)) {
      exclude(Excluded.NOT_ADMITTED);
    } else {
      otherVerbs += what.verbDiffers() ? 1 : 0;
      entry.target = target;
      entry.inlineTarget = target == Entry.INLINE ? text : "";
      add(event, what, started);
    }
  }

  private boolean mayGrow() {
    return targets.bytes() + users.bytes() + agents.bytes() < mostNameBytes;
  }

  /** Null if the target cannot be read; so it was for the server. */
  private @Nullable Asked asked(int number, String text) {
    try {
      return memo.of(number, text);
    } catch (RefusedException e) {
      return null;
    }
  }

  /** What stands behind flow control may answer so too: an aggregated server. */
  private static boolean isUnauthenticated(AuditEvent event) {
    return event.code == UNAUTHORIZED && event.held == AuditEvent.UNKNOWN && !event.authorized;
  }

  /**
   * A recording says so. In the server's own log it is who may not act as another, or says not as
   * whom: whether he may ask for this has not been looked at.
   */
  private static boolean endedBeforeFlowControl(AuditEvent event) {
    if (isRefusedByFlowControl(event)) {
      return false;
    }
    return event.recorded
        ? event.held == AuditEvent.UNKNOWN && !event.placed
        : event.code >= FIRST_ERROR && !event.authorized;
  }

  /** A recording says so; in the server's own log such requests have not been authorized. */
  private static boolean isRefusedByFlowControl(AuditEvent event) {
    if (!event.recorded) {
      return event.code == TOO_MANY_REQUESTS && !event.authorized;
    }
    return event.held == AuditEvent.UNKNOWN && RULES.contains(event.refused);
  }

  /** Unknown where the server's clock was set while it was served. */
  private static long service(AuditEvent event) {
    if (event.held != AuditEvent.UNKNOWN) {
      return event.held;
    }
    long took = event.staged - event.received;
    return took < 0 || took > LONGEST_SERVICE
        ? Entry.UNKNOWN
        : Math.max(NANOS_PER_MICRO, took * NANOS_PER_MICRO - event.waited);
  }

  private void add(AuditEvent event, Asked what, boolean started) {
    boolean watch = what.info().isWatch();
    long service = service(event);
    entry.arrival = event.received;
    String user = userText(event.who());
    entry.user = users.number(user, mayGrow());
    entry.inlineUser = entry.user == Entry.INLINE ? user : "";
    entry.agent = agents.number(event.agent, mayGrow());
    entry.finer = Entry.finer(event.receivedNanos, hash(event));
    entry.closed = Entry.UNKNOWN;
    entry.service = service;
    entry.flags = 0;
    if (isRefusedByFlowControl(event)) {
      refused += started ? 0 : 1; // a watch has a line for each of two stages
      entry.service = Entry.UNKNOWN;
      entry.closed = event.staged;
    } else if (event.recorded && event.held == AuditEvent.UNKNOWN) {
      entry.flags = Entry.LEFT;
      entry.service =
          event.waited > 0 ? event.waited : (event.staged - event.received) * NANOS_PER_MICRO;
    } else if (watch && started) {
      entry.flags = Entry.WATCH_STARTED;
      learn(what, service);
    } else if (watch) {
      boolean lasted = event.code < FIRST_ERROR && event.held == AuditEvent.UNKNOWN;
      entry.flags = Entry.WATCH_ENDED;
      entry.service = lasted ? Entry.UNKNOWN : service;
      entry.closed = event.staged;
    } else {
      learn(what, service);
    }
    addFacts(event);
    keep();
  }

  /** What cannot be written is not what cannot be read. */
  private void keep() {
    try {
      sorted.add(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void learn(Asked what, long service) {
    if (service == Entry.UNKNOWN) {
      untimed++;
    } else {
      durations.add(what, service);
    }
  }

  /** What a recording says of how wide it was. */
  private void addFacts(AuditEvent event) {
    if (event.objects != AuditEvent.UNKNOWN) {
      entry.flags |= Entry.OBJECTS;
      entry.objects = event.objects;
      entry.objectBytes = event.objectBytes;
    }
    if (event.watchers != AuditEvent.UNKNOWN) {
      entry.flags |= Entry.WATCHERS;
      entry.watchers = (int) Math.min(Integer.MAX_VALUE, event.watchers);
    }
    if (event.learnedBytes != AuditEvent.UNKNOWN) {
      entry.flags |= Entry.LEARNED;
      entry.learnedBytes = event.learnedBytes;
    }
  }

  /** Name, uid and groups, between which stands what nobody's name holds then. */
  private static String userText(AuditEvent.Somebody user) {
    StringBuilder text = new StringBuilder(part(user.name)).append('\0').append(part(user.uid));
    user.groups.forEach(group -> text.append('\0').append(part(group)));
    return text.toString();
  }

  private static String part(String text) {
    return text.replace('\0', '\ufffd');
  }

  /** FNV-1a of the audit id, or of what else tells requests apart. */
  private static long hash(AuditEvent event) {
    String text =
        event.auditId.isEmpty()
            ? event.who().name + '\0' + event.verb + '\0' + event.requestUri
            : event.auditId;
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Events read, bad ones included. */
  long read() {
    return read;
  }

  long bad() {
    return bad;
  }

  /** {@code FILE:LINE: what is wrong} of the first bad ones. */
  List<String> firstBad() {
    return List.copyOf(firstBad);
  }

  long excluded(Excluded why) {
    return excluded.getOrDefault(why, 0L);
  }

  /** Requests that the server's own flow control refused. */
  long refused() {
    return refused;
  }

  /** Requests whose URI would say another verb than the event does. */
  long otherVerbs() {
    return otherVerbs;
  }

  /** Events that say nothing of how long they took, as the clock was set. */
  long untimed() {
    return untimed;
  }

  /** When the first event happened, in microseconds since 1970. */
  long begun() {
    return begun;
  }

  Names targets() {
    return targets;
  }

  Names users() {
    return users;
  }

  Names agents() {
    return agents;
  }

  Durations durations() {
    return durations;
  }
}
