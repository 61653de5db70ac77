package io.apfproxy.replay;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.figures.Figures;
import io.apfproxy.replay.figures.Move;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Span;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One configuration, or an old and a new one, before the same requests, each on its own thread. */
public final class Comparison {
  private static final long MOST_WARM_UP = Duration.ofMinutes(10).toNanos();
  private static final int SHARE_OF_WARM_UP = 10;

  private final @Nullable Terms before;
  private final Terms after;
  private final Span span;
  private final int throttledRows;
  private Witness beforeWitness = Witness.NONE;
  private Witness afterWitness = Witness.NONE;

  /**
   * @param before null if nothing is compared
   * @param throttledRows of each dimension
   */
  public Comparison(@Nullable Terms before, Terms after, Span span, int throttledRows) {
    this.before = before;
    this.after = after;
    this.span = span;
    this.throttledRows = throttledRows;
  }

  /**
   * What is reported of a run, in nanoseconds: all but its beginning. Source: specification
   * seeing.md V-51.
   *
   * @param begin from which on all requests are known, not only those that lasted until then
   * @param warmUp that is left out; null for what comes before {@code begin} and a tenth of the
   *     rest, ten minutes at most
   */
  public static Span reported(long begin, long end, @Nullable Long warmUp) {
    long part =
        warmUp == null ? begin + Math.min(MOST_WARM_UP, (end - begin) / SHARE_OF_WARM_UP) : warmUp;
    return new Span(Math.min(part, end), end);
  }

  /**
   * The same where it matters what waits: by default without the first borrowing period of a run
   * that lasts for two. A run begins with limits of levels that nobody has asked anything; one that
   * lends all of its seats has none then, and whoever comes waits until that period ends, as before
   * a server that was just started, but in no log of one that was not.
   */
  public static Span settled(long begin, long end, @Nullable Long warmUp) {
    Span reported = reported(begin, end, warmUp);
    return warmUp != null || end - begin < 2 * VirtualServer.BORROWING
        ? reported
        : new Span(Math.max(reported.from(), begin + VirtualServer.BORROWING), end);
  }

  /** Lets somebody see what becomes of each request before, and somebody after. */
  public Comparison seenBy(Witness ofBefore, Witness ofAfter) {
    beforeWitness = ofBefore;
    afterWitness = ofAfter;
    return this;
  }

  /** What came of it. */
  public record Result(@Nullable Outcome before, Outcome after, List<Move> moves) {}

  private record Side(Outcome outcome, List<Move> moves) {}

  /**
   * Runs it.
   *
   * @param requests lets the same come to each server, on that server's thread
   */
  public Result run(Consumer<VirtualServer> requests) {
    Terms old = before;
    if (old == null) {
      Side only = side(after, null, afterWitness, requests);
      return new Result(null, only.outcome(), List.of());
    }
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      CompletableFuture<Side> first =
          CompletableFuture.supplyAsync(() -> side(old, null, beforeWitness, requests), threads);
      CompletableFuture<Side> second =
          CompletableFuture.supplyAsync(
              () -> side(after, old.configuration(), afterWitness, requests), threads);
      return new Result(first.join().outcome(), second.join().outcome(), second.join().moves());
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException thrown
          ? thrown // as where there is one side
          : new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private Side side(
      Terms terms,
      @Nullable FlowControlConfiguration other,
      Witness witness,
      Consumer<VirtualServer> requests) {
    Figures figures = new Figures(span, terms.seats(), other);
    requests.accept(new VirtualServer(terms, figures, witness));
    return new Side(figures.outcome(throttledRows), figures.moves());
  }
}
