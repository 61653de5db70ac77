package io.apfproxy.report.talkers;

import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.time.TimeSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Who uses the proxy and who is refused. Give {@link #reporter} to the data path, and let one
 * thread take a {@link #turn} every {@value #PERIOD_MILLIS} ms, or less often where little comes,
 * as {@link TalkerThread} does; the rest is for any thread. Source: specification seeing.md A.
 */
public final class Talkers {
  /** How often what event loops wrote is read, where it is much. */
  public static final long PERIOD_MILLIS = 50;

  /** The same where it is little. */
  static final long LONGEST_PERIOD_MILLIS = 250;

  private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int MOST_QUESTIONS = 64;
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final double NANOS = 1e9;
  private static final TopQuestion ALL_USERS =
      new TopQuestion(Dimension.USER, Window.MINUTE, Measure.SEAT_SECONDS, TopQuestion.MOST);

  private final TimeSource time;
  private final Rules rules = new Rules();
  private final TalkerCount count = new TalkerCount(rules);
  private final TalkerPanes panes;
  private final HeaviestFlows heaviest = new HeaviestFlows();
  private final TopUsers users;
  private final TalkerPace pace = new TalkerPace();
  private final List<TalkerRing> rings = new CopyOnWriteArrayList<>();
  private final Queue<Question> questions = new ArrayBlockingQueue<>(MOST_QUESTIONS);
  private volatile Map<Dimension, Integer> fullest = Map.of();
  private volatile Runnable asked = () -> {};

  private record Question(TopQuestion what, CompletableFuture<TopAnswer> answer) {}

  /**
   * @param counters of each sketch, from 1: as many keys are told apart exactly in a piece of time
   */
  public Talkers(int counters, TimeSource time) {
    this(counters, 0, time);
  }

  /**
   * @param metrics users that metrics name, 0 for none
   */
  public Talkers(int counters, int metrics, TimeSource time) {
    this.time = time;
    this.users = new TopUsers(metrics);
    this.panes = new TalkerPanes(counters, time.nanoTime());
  }

  /** What the data path tells; each event loop has a part of its own. */
  public Reporter reporter() {
    return new Reporter() {
      @Override
      public Reporter ofLoop() {
        TalkerRing ring = new TalkerRing(pace::filling);
        rings.add(ring);
        return new LoopTalkers(ring);
      }
    };
  }

  /** Who uses each level most. */
  public HeaviestFlow heaviest() {
    return heaviest;
  }

  /** Those whom metrics name. */
  public TopUsers users() {
    return users;
  }

  /** Records of requests that found no room since the start. */
  public long lost() {
    return rings.stream().mapToLong(TalkerRing::lost).sum();
  }

  /** Keys in the fullest sketch of a dimension, as of the last piece of time. */
  public int fullest(Dimension by) {
    return fullest.getOrDefault(by, 0);
  }

  /** Counters of each sketch. */
  public int counters() {
    return panes.counters();
  }

  /**
   * Asks; the next turn answers.
   *
   * @return fails with {@link RejectedExecutionException} if too many questions wait
   */
  public CompletableFuture<TopAnswer> ask(TopQuestion what) {
    CompletableFuture<TopAnswer> answer = new CompletableFuture<>();
    if (questions.offer(new Question(what, answer))) {
      asked.run();
    } else {
      answer.completeExceptionally(new RejectedExecutionException("too many questions wait"));
    }
    return answer;
  }

  /** When a turn is due. */
  TalkerPace pace() {
    return pace;
  }

  /** Who is to be told that somebody has asked. */
  void whenAsked(Runnable told) {
    asked = told;
  }

  /** Reads what there is, for ten milliseconds at most. By one thread, always the same. */
  public void turn() {
    pace.turn();
    long now = time.nanoTime();
    if (panes.advance(now)) {
      heaviest.look(panes.counters(), panes.panes(Window.TEN_SECONDS));
      Map<Dimension, Integer> most = new EnumMap<>(Dimension.class);
      for (Dimension by : Dimension.values()) {
        most.put(by, panes.fullest(by));
      }
      fullest = most;
      if (users.isAsked()) {
        TopAnswer minute = answer(ALL_USERS);
        users.look(now, minute.seconds(), minute.rows());
      }
    }
    count.read(rings, panes.current(), time::nanoTime, now + WORK_NANOS);
  }

  /** Answers those who asked. By the same thread. */
  public void answer() {
    for (Question next = questions.poll(); next != null; next = questions.poll()) {
      TopQuestion what = next.what();
      try {
        next.answer().complete(answer(what));
      } catch (RuntimeException e) {
        next.answer().completeExceptionally(e);
      }
    }
  }

  private TopAnswer answer(TopQuestion what) {
    List<Pane.Whole> window = panes.panes(what.window());
    TopReading reading = new TopReading(what, panes.counters(), rules, window);
    long now = time.nanoTime();
    long date = time.epochMillis();
    long from = window.isEmpty() ? now : window.get(0).from();
    long until = window.isEmpty() ? now : window.get(window.size() - 1).until();
    return new TopAnswer(
        what,
        date - (now - from) / NANOS_PER_MILLI,
        date - (now - until) / NANOS_PER_MILLI,
        (until - from) / NANOS,
        panes.counters(),
        lost(),
        reading.totals(),
        reading.absent(),
        List.copyOf(reading.rows()));
  }
}
