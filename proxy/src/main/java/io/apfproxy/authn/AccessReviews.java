package io.apfproxy.authn;

import io.apfproxy.authn.AccessReviewer.Question;
import io.apfproxy.time.TimeSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks lists of access questions; answers are remembered for 10 seconds. Thread-safe. */
final class AccessReviews {
  private static final int MOST_REMEMBERED = 10_000;
  private static final int MOST_IN_FLIGHT = 64;
  private static final int MOST_WAITING = 1000;
  private static final long TTL = TimeUnit.SECONDS.toNanos(10);

  private final AccessReviewer reviewer;
  private final BoundedCache<Question, Boolean> answers;
  private final ReviewQueue<Question, Boolean> reviews =
      new ReviewQueue<>(MOST_IN_FLIGHT, MOST_WAITING);

  AccessReviews(AccessReviewer reviewer, TimeSource time) {
    this.reviewer = reviewer;
    this.answers = new BoundedCache<>(MOST_REMEMBERED, time);
  }

  /**
   * @return the first question answered with no; empty if all were answered with yes; fails if an
   *     answer is missing
   */
  CompletableFuture<Optional<Question>> firstDenied(List<Question> questions) {
    List<CompletableFuture<Boolean>> asked = questions.stream().map(this::ask).toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            all -> {
              for (int i = 0; i < questions.size(); i++) {
                if (!asked.get(i).join()) {
                  return Optional.of(questions.get(i));
                }
              }
              return Optional.empty();
            });
  }

  private CompletableFuture<Boolean> ask(Question question) {
    Boolean known = answers.get(question);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    return reviews.ask(
        question,
        () ->
            reviewer
                .allowed(question)
                .thenApply(
                    allowed -> {
                      answers.put(question, allowed, TTL);
                      return allowed;
                    }));
  }
}
