package io.apfproxy.app;

import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what happens on event loops; for threads that start and stop the proxy only. */
final class Waiting {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private Waiting() {}

  static <T> T on(Future<T> future) throws IOException {
    return on(future, LONGEST);
  }

  /**
   * @throws IOException with the message of the failure, also if it took too long
   */
  static <T> T on(Future<T> future, Duration longest) throws IOException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IOException("no end within " + longest.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
