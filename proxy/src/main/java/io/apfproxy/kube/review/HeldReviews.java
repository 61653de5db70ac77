package io.apfproxy.kube.review;

import io.apfproxy.authn.act.AccessReviewer;
import io.apfproxy.authn.who.TokenReviewer;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.Standstill;
import io.apfproxy.time.TimeSource;
import io.apfproxy.upstream.exchange.UpstreamFault;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.ConnectFailure;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reviews that wait while nobody is there upstream, as requests with seats do, and fail with 503
 * when that lasts too long. Thread-safe. Source: specification limits.md L-91, L-92.
 */
public final class HeldReviews implements TokenReviewer, AccessReviewer {
  /*
   * A review changes nothing, so that it is put again even where it may have been read. Their number
   * is bounded by the queues of those who ask: one that waits here keeps its place in flight there.
   * Pulses may be answered where a review finds nobody; so each waits a few times only. One that
   * failed while the process stood still ran out of a time that was none.
   */
  private static final int MOST_TIMES = 4;

  private final TokenReviewer tokens;
  private final AccessReviewer access;
  private final Outage outage;
  private final TimeSource time;
  private final DelayedActions later;

  /**
   * @param tokens and access, put the questions; never on the calling thread
   */
  public HeldReviews(
      TokenReviewer tokens,
      AccessReviewer access,
      Outage outage,
      TimeSource time,
      DelayedActions later) {
    this.tokens = tokens;
    this.access = access;
    this.outage = outage;
    this.time = time;
    this.later = later;
  }

  @Override
  public CompletionStage<Optional<UserInfo>> review(String token) {
    return new Review<>(() -> tokens.review(token)).begin();
  }

  @Override
  public CompletionStage<Boolean> allowed(Question question) {
    return new Review<>(() -> access.allowed(question)).begin();
  }

  private final class Review<T> {
    private final Supplier<CompletionStage<T>> question;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private int times;

    Review(Supplier<CompletionStage<T>> question) {
      this.question = question;
    }

    CompletableFuture<T> begin() {
      if (outage.isClosed()) {
        hold(null);
      } else {
        put(null);
      }
      return answer;
    }

    private void put(Outage.@Nullable Place place) {
      Standstill standstill = new Standstill(time, later);
      var unused =
          asked()
              .whenComplete(
                  (value, cause) -> {
                    boolean stoodStill = standstill.end();
                    if (cause instanceof RejectedExecutionException) {
                      leave(place);
                      answer.completeExceptionally(cause);
                    } else if (cause != null && stoodStill) {
                      put(place);
                    } else {
                      leave(place);
                      told(value, cause);
                    }
                  });
    }

    /** What cannot be asked any more fails, as the proxy ends: thrown, nobody would be told. */
    private CompletionStage<T> asked() {
      try {
        return question.get();
      } catch (RejectedExecutionException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    private static void leave(Outage.@Nullable Place place) {
      if (place != null) {
        place.close();
      }
    }

    private void told(T value, @Nullable Throwable cause) {
      if (cause == null) {
        answer.complete(value);
      } else {
        failed(cause);
      }
    }

    private void failed(Throwable cause) {
      if (ConnectFailure.isNobodyThere(cause)) {
        outage.foundNobody();
      }
      if (outage.isClosed()) {
        hold(cause);
      } else {
        answer.completeExceptionally(cause);
      }
    }

    private void hold(@Nullable Throwable cause) {
      CompletableFuture<Boolean> mayGo = new CompletableFuture<>();
      Outage.Place place =
          times++ == MOST_TIMES
              ? null
              : outage.hold(1, () -> mayGo.complete(true), () -> mayGo.complete(false));
      if (place == null) {
        giveUp(cause);
        return;
      }
      var unused =
          mayGo.thenAcceptAsync( // not on the thread that feels the pulse
              goes -> {
                if (goes) {
                  put(place);
                } else {
                  place.close();
                  giveUp(cause);
                }
              });
    }

    private void giveUp(@Nullable Throwable cause) {
      answer.completeExceptionally(UpstreamFault.unreachable(cause, outage.retryAfterSeconds()));
    }
  }
}
