package io.apfproxy.replay.suggest;

import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.Comparison;
import io.apfproxy.replay.Witness;
import io.apfproxy.replay.audit.LogReplay;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.figures.Span;
import io.apfproxy.replay.suggest.Suggestion.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Proposes schemas and levels for a log. Source: specification seeing.md V-59. */
public final class Suggest {
  /*
   * Each proposal is run on top of those before it that helped, as they are to be applied together: one
   * that those have made needless helps nobody any more, and is left out.
   */
  private static final int MOST = 5;
  private static final double LESS_WAIT = 0.8;
  private static final double LESS_REFUSED = 0.5;
  private static final double MORE_WAIT = 1.1;
  private static final long MORE_WAIT_NANOS = 10_000_000;

  private final LogReplay log;
  private final int seats;
  private final Span reported;
  private final List<Suggestion> found = new ArrayList<>();
  private final List<Suggestion> leftOut = new ArrayList<>();
  private FlowControlConfiguration present;

  private Suggest(LogReplay log, LogReplay.Question question) {
    this.log = log;
    this.present = question.after();
    this.seats = question.seatsAfter();
    this.reported = Comparison.settled(log.begin(), log.span(), question.warmUp());
  }

  /**
   * Reads the logs, and tries what they make one think of.
   *
   * @param question whose {@code after} is the configuration to be bettered
   */
  public static Suggestions run(LogReplay.Question question) throws StartException {
    try (LogReplay log = LogReplay.read(question)) {
      Suggest suggest = new Suggest(log, question);
      Contention contention = new Contention();
      Report alone =
          log.compare(
              null,
              question.after(),
              question.seatsAfter(),
              suggest.reported,
              Witness.NONE,
              contention);
      int tried = suggest.tryAll(contention.elephants());
      return new Suggestions(alone, tried, suggest.found, suggest.leftOut);
    } catch (IOException | UncheckedIOException e) {
      throw new StartException("--temp: cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private int tryAll(List<Elephant> elephants) {
    List<Elephant> heaviest = elephants.subList(0, Math.min(MOST, elephants.size()));
    heaviest.forEach(this::tryOne);
    return heaviest.size();
  }

  private void tryOne(Elephant elephant) {
    Scope scope = new Scope(present, elephant.appetite());
    log.forEach(scope);
    Proposal proposal = Proposal.of(present, seats, elephant, scope);
    if (proposal == null) {
      return;
    }
    Others before = new Others(present, elephant.appetite());
    Others after = new Others(present, elephant.appetite());
    FlowControlConfiguration with = proposal.over(present);
    Report report = log.compare(present, with, seats, reported, before, after);
    Suggestion suggestion =
        new Suggestion(
            proposal,
            before.waitP99(),
            after.waitP99(),
            before.refused(),
            after.refused(),
            before.ownRefused(),
            after.ownRefused(),
            verdict(before, after, report, elephant.appetite().level()));
    if (suggestion.verdict() == Verdict.HELPS) {
      found.add(suggestion);
      present = with;
    } else {
      leftOut.add(suggestion);
    }
  }

  private static Verdict verdict(Others before, Others after, Report report, String level) {
    if (!helps(before, after)) {
      return Verdict.TOO_LITTLE;
    }
    return hurtsNobody(Objects.requireNonNull(report.before()), report.after(), level)
        ? Verdict.HELPS
        : Verdict.HURTS_ANOTHER_LEVEL;
  }

  /** One of both becomes clearly better, and the other no worse. */
  private static boolean helps(Others before, Others after) {
    boolean waits = after.waitP99() < before.waitP99();
    boolean lessWait = waits && after.waitP99() <= LESS_WAIT * before.waitP99();
    boolean lessRefused =
        after.refused() < before.refused() && after.refused() <= LESS_REFUSED * before.refused();
    return lessWait
        ? after.refused() <= before.refused()
        : lessRefused && !isWorse(before.waitP99(), after.waitP99());
  }

  private static boolean isWorse(long before, long after) {
    return after > MORE_WAIT * before && after - before > MORE_WAIT_NANOS;
  }

  private static boolean hurtsNobody(Outcome before, Outcome after, String level) {
    Map<String, LevelRow> old = new HashMap<>();
    before.levels().forEach(row -> old.put(row.name(), row));
    for (LevelRow row : after.levels()) {
      LevelRow was = old.get(row.name());
      if (was != null
          && !row.name().equals(level)
          && (isWorse(was.counts().waitP99(), row.counts().waitP99())
              || row.counts().refused() > was.counts().refused())) {
        return false;
      }
    }
    return true;
  }
}
