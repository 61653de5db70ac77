package io.apfproxy.replay.audit;

import io.apfproxy.cli.ProxyOptions.ListCost;
import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.Comparison;
import io.apfproxy.replay.Terms;
import io.apfproxy.replay.VirtualServer;
import io.apfproxy.replay.Witness;
import io.apfproxy.replay.figures.Amount;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.figures.Span;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestTimeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows an audit log to one configuration or two. Source: specification seeing.md V-46 to V-53. */
public final class LogReplay implements AutoCloseable {
  /*
   * Half of the memory is for names, each of which is kept once; of the rest, what is sorted at a time
   * takes one half, its keys and the room for sorting the other.
   */
  private static final int SHARE_OF_RUN = 4;
  private static final int SHARE_OF_NAMES = 2;
  private static final int MOST_RUN = 1 << 30;
  private static final long MICROS_PER_MILLI = 1_000;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long LEAST_NANOS = 10_000_000_000L;
  private static final double NANOS_PER_SECOND = 1e9;

  /** Of 1000 days: there is something to do every ten seconds, also where nobody comes. */
  private static final double MOST_MICROS = 1000 * 86_400e6;

  private static final double MOST_BAD_PERCENT = 1;
  private static final double MANY_PERCENT = 1;
  private static final double ALL_PERCENT = 100;

  private final Question question;
  private final Intake intake;
  private final SortedLog log;

  private LogReplay(Question question, Intake intake, SortedLog log) {
    this.question = question;
    this.intake = intake;
    this.log = log;
  }

  /**
   * What is asked.
   *
   * @param logs files, folders of them, or {@code -}
   * @param before null if nothing is compared
   * @param warmUp in nanoseconds; null for what {@link Comparison#reported} makes it
   * @param objects number and size by {@code resource} or {@code resource.group}
   * @param listCost what makes lists wide; null for what did when they were recorded
   * @param memory bytes of the heap for reading and sorting
   * @param folder for temporary files
   * @param throttledRows of each dimension
   */
  public record Question(
      List<String> logs,
      LogWindow window,
      @Nullable FlowControlConfiguration before,
      int seatsBefore,
      FlowControlConfiguration after,
      int seatsAfter,
      RequestTimeout timeout,
      int retries,
      @Nullable Long warmUp,
      SortedMap<String, Terms.Stored> objects,
      @Nullable ListCost listCost,
      long memory,
      Path folder,
      int throttledRows) {
    public Question {
      logs = List.copyOf(logs);
      objects = Collections.unmodifiableSortedMap(new TreeMap<>(objects));
    }
  }

  /**
   * Runs it; the same logs, in whatever order, always give the same report.
   *
   * @throws StartException if a log cannot be read, holds no request, or over a hundredth that is
   *     no event
   */
  public static Report run(Question question) throws StartException {
    try (LogReplay replay = read(question)) {
      return replay.compare(
          question.before(), question.after(), question.seatsBefore(), Witness.NONE, Witness.NONE);
    } catch (IOException | UncheckedIOException e) {
      throw noRoom(question, e);
    }
  }

  /**
   * Reads the logs, to be run as often as wanted; to be closed.
   *
   * @throws StartException as {@link #run}
   */
  public static LogReplay read(Question question) throws StartException {
    long run = Math.min(MOST_RUN, question.memory() / SHARE_OF_RUN);
    SortedLog log = new SortedLog(question.folder(), run);
    boolean good = false;
    try {
      Intake intake = new Intake(log, question.window(), question.memory() / SHARE_OF_NAMES);
      for (LogFile file : LogFile.of(question.logs())) {
        intake.read(file);
      }
      log.end();
      LogReplay replay = new LogReplay(question, intake, log);
      replay.check();
      good = true;
      return replay;
    } catch (UncheckedIOException e) {
      throw noRoom(question, e);
    } finally {
      if (!good) {
        closeQuietly(log);
      }
    }
  }

  private static void closeQuietly(SortedLog log) {
    try {
      log.close();
    } catch (IOException e) {
      // the files are temporary, and something else is said
    }
  }

  private static StartException noRoom(Question question, Exception e) {
    return new StartException(
        "--temp: cannot write to "
            + question.folder()
            + " ("
            + e.getMessage()
            + "), expected a folder with room",
        e);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  /** What is asked of every request there is, in the order in which they came. */
  public void forEach(Consumer<RequestDigest> reader) {
    try (Requests requests = requests()) {
      for (LoggedRequest request = requests.next(); request != null; request = requests.next()) {
        reader.accept(request.digest());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Requests requests() throws IOException {
    return new Requests(
        intake, log, log.first(), new KnownWidths(question.objects(), question.listCost()));
  }

  private void check() throws StartException {
    double percent = percent(intake.bad(), intake.read());
    String first = String.join("\n", intake.firstBad());
    if (percent > MOST_BAD_PERCENT) {
      throw new StartException(
          String.format(
              Locale.ROOT,
              "LOG: found %d of %d lines that are no events (%.1f%%), expected 1%% at most; the"
                  + " first of them:%n%s",
              intake.bad(),
              intake.read(),
              percent,
              first));
    }
    if ((double) log.last() - log.first() > MOST_MICROS) {
      throw new StartException(
          "LOG: found requests from "
              + instant(log.first())
              + " to "
              + instant(log.last())
              + ", expected 1000 days at most; a clock that was not set yet? --from and --until"
              + " leave them out");
    }
    if (log.size() == 0) {
      throw new StartException(
          "LOG: found no request in " + intake.read() + " events, expected some" + excluded());
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private String excluded() {
    StringBuilder text = new StringBuilder();
    for (Excluded why : Excluded.values()) {
      if (intake.excluded(why) > 0) {
        text.append("; ").append(why.label()).append(' ').append(intake.excluded(why));
      }
    }
    return text.toString();
  }

  private static double percent(long part, long all) {
    return all == 0 ? 0 : ALL_PERCENT * part / all;
  }

  /** How long the logs last, in nanoseconds. */
  public long span() {
    return log.span();
  }

  /**
   * When the logs begin, in nanoseconds after their first request came. Those that came before they
   * began stand in them only if they lasted until then, most of them watches: a log that is full
   * within a minute has watches of the last ten. 0 if that is less than ten seconds, or if the log
   * goes on for less.
   */
  public long begin() {
    long begin = (intake.begun() - log.first()) * NANOS_PER_MICRO;
    return begin >= LEAST_NANOS && begin <= span() - LEAST_NANOS ? begin : 0;
  }

  /** Shows the requests, and reports what the question wants reported. */
  public Report compare(
      @Nullable FlowControlConfiguration before,
      FlowControlConfiguration after,
      int seatsBefore,
      Witness beforeWitness,
      Witness afterWitness) {
    Span reported = Comparison.reported(begin(), span(), question.warmUp());
    return compare(before, after, seatsBefore, reported, beforeWitness, afterWitness);
  }

  /**
   * Shows the requests to one configuration or two.
   *
   * @param before null if nothing is compared
   * @param reported of {@link #span}
   */
  public Report compare(
      @Nullable FlowControlConfiguration before,
      FlowControlConfiguration after,
      int seatsBefore,
      Span reported,
      Witness beforeWitness,
      Witness afterWitness) {
    long end = span();
    AtomicReference<Pass> last = new AtomicReference<>();
    Comparison.Result result =
        new Comparison(
                before == null ? null : terms(before, seatsBefore),
                terms(after, question.seatsAfter()),
                reported,
                question.throttledRows())
            .seenBy(beforeWitness, afterWitness)
            .run(server -> last.set(pass(server, end)));
    Pass pass = Objects.requireNonNull(last.get());
    return new Report(
        String.join(", ", question.logs()),
        end / NANOS_PER_SECOND,
        reported.from() / NANOS_PER_SECOND,
        amounts(pass),
        cautions(pass),
        result.before(),
        result.after(),
        result.moves());
  }

  private Terms terms(FlowControlConfiguration configuration, int seats) {
    return new Terms(
        configuration,
        seats,
        question.timeout(),
        question.retries(),
        0,
        log.first() / MICROS_PER_MILLI,
        question.objects());
  }

  /** What one pass through the log saw; the same for each. */
  private record Pass(long requests, long secondEvents, ListSizes lists) {}

  private Pass pass(VirtualServer server, long end) {
    ListSizes lists = new ListSizes(question.objects().keySet());
    try (Requests requests = requests()) {
      for (LoggedRequest request = requests.next(); request != null; request = requests.next()) {
        server.runUntil(request.arrival());
        server.arrive(request);
        lists.add(request);
      }
      server.runOut(end);
      return new Pass(requests.number(), requests.secondEvents(), lists);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Amount> amounts(Pass pass) {
    List<Amount> amounts = new ArrayList<>();
    amounts.add(new Amount("events read", intake.read()));
    amounts.add(new Amount("simulated", pass.requests()));
    long accounted = pass.requests() + intake.bad();
    for (Excluded why : Excluded.values()) {
      long number = why == Excluded.SECOND_EVENT ? pass.secondEvents() : intake.excluded(why);
      amounts.add(new Amount("excluded: " + why.label(), number));
      accounted += number;
    }
    amounts.add(new Amount("bad", intake.bad()));
    if (accounted != intake.read()) {
      throw new IllegalStateException(
          "of " + intake.read() + " events " + accounted + " are accounted for");
    }
    return amounts;
  }

  private List<String> cautions(Pass pass) {
    List<String> cautions = new ArrayList<>();
    intake.firstBad().forEach(line -> cautions.add("no event: " + line));
    double refused = percent(intake.refused(), pass.requests());
    if (refused > MANY_PERCENT) {
      cautions.add(
          String.format(
              Locale.ROOT,
              "%.1f%% of the requests were refused by flow control when this was recorded:"
                  + " demand is overstated by retries",
              refused));
    }
    if (intake.untimed() > 0) {
      cautions.add(
          intake.untimed()
              + (intake.untimed() == 1
                  ? " event ends before it begins or a day later, as where the clock was set:"
                      + " served as long as the median of its kind"
                  : " events end before they begin or a day later, as where the clock was set:"
                      + " served as long as the median of their kind"));
    }
    if (intake.otherVerbs() > 0) {
      cautions.add(
          intake.otherVerbs()
              + (intake.otherVerbs() == 1 ? " event has" : " events have")
              + " another verb than the URI would say; the event's counts");
    }
    if (pass.lists().unknown() > 0) {
      cautions.add(
          String.format(
              Locale.ROOT,
              "%d lists, %.1f%% of the time served, are one seat each, as nothing is known of"
                  + " their objects: --objects",
              pass.lists().unknown(),
              pass.lists().unknownPercent()));
    }
    if (question.listCost() == ListCost.LEARNED && pass.lists().unweighed() > 0) {
      cautions.add(
          String.format(
              Locale.ROOT,
              "%d lists, %.1f%% of the time served, are as wide as their objects make them, as the"
                  + " log does not say what such lists weighed: --list-cost",
              pass.lists().unweighed(),
              pass.lists().unweighedPercent()));
    }
    return cautions;
  }
}
