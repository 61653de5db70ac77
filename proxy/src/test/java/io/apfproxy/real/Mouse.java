package io.apfproxy.real;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads one small object 20 times a second, whether or not the earlier answers have come. Refused
 * reads are not repeated.
 */
final class Mouse {
  private static final int PER_SECOND = 20;

  private final ApiClient client;
  private final String target;

  Mouse(ApiClient client, String target) {
    this.client = client;
    this.target = target;
  }

  /**
   * What became of its reads.
   *
   * @param p50Millis of those served, NaN if none was
   * @param refused answered 429
   * @param failed ended otherwise than in 200 or 429
   */
  record Result(double p50Millis, double p99Millis, int asked, int refused, int failed) {}

  /** Reads for the given time and waits for the last answer. */
  Result run(Duration time) {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try {
      ScheduledFuture<?> ticks =
          clock.scheduleAtFixedRate(
              () -> answers.add(ask()), 0, 1_000_000 / PER_SECOND, TimeUnit.MICROSECONDS);
      // on the clock's own thread, so that the list is complete when this returns
      clock.schedule(() -> ticks.cancel(false), time.toMillis(), TimeUnit.MILLISECONDS).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      clock.shutdownNow();
    }
    return summary(answers.stream().map(CompletableFuture::join).toList());
  }

  private record Answer(int status, long nanos) {}

  private CompletableFuture<Answer> ask() {
    long start = System.nanoTime();
    return client
        .get(target)
        .handle(
            (response, failure) ->
                new Answer(failure == null ? response.statusCode() : 0, System.nanoTime() - start));
  }

  private static Result summary(List<Answer> answers) {
    long[] served =
        answers.stream().filter(a -> a.status() == 200).mapToLong(Answer::nanos).sorted().toArray();
    int refused = (int) answers.stream().filter(a -> a.status() == 429).count();
    return new Result(
        percentile(served, 0.50),
        percentile(served, 0.99),
        answers.size(),
        refused,
        answers.size() - refused - served.length);
  }

  private static double percentile(long[] sorted, double fraction) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.ceil(fraction * sorted.length) - 1] / 1e6;
  }
}
