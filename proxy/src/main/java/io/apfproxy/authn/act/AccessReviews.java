package io.apfproxy.authn.act;

import io.apfproxy.authn.act.AccessReviewer.Path;
import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.authn.act.AccessReviewer.Resource;
import io.apfproxy.authn.memo.IdentityBound;
import io.apfproxy.authn.memo.KeyedDigest;
import io.apfproxy.authn.memo.Memo;
import io.apfproxy.authn.memo.Remembered;
import io.apfproxy.authn.memo.ReviewQueue;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks access questions; answers are remembered for 10 seconds. Thread-safe. */
public final class AccessReviews {
  /*
   * Questions are known by their digest: names in them are chosen by clients and may be long, many
   * and made to collide in hash tables.
   */
  private static final int ANSWER_BYTES = 512;
  private static final int WAITING_BYTES = 2048;
  private static final long MOST_WAITING_BYTES = 32 << 20;
  private static final long TTL = TimeUnit.SECONDS.toNanos(10);

  private final AccessReviewer reviewer;
  private final int mostWaiting;
  private final long mostRememberedBytes;
  private final KeyedDigest digest = new KeyedDigest();
  private final Memo<String, Boolean> answers;
  private final ReviewQueue<Remembered<Boolean>> reviews;

  /** Names the questions of one user, who is read once. */
  private final class Names {
    private @Nullable UserInfo user;
    private String userName = "";

    @SuppressWarnings("ReferenceEquality") // whoever is equal has an equal digest
    String of(Question question) {
      if (user != question.user()) {
        user = question.user();
        userName = digest.of(parts(question.user()));
      }
      return digest.of(parts(userName, question));
    }
  }

  /**
   * @param mostInFlight questions asked at a time
   * @param mostWaiting questions that wait meanwhile
   * @param mostRemembered answers
   */
  public AccessReviews(
      AccessReviewer reviewer,
      int mostInFlight,
      int mostWaiting,
      int mostRemembered,
      TimeSource time) {
    this.reviewer = reviewer;
    this.mostWaiting = mostWaiting;
    this.mostRememberedBytes = (long) mostRemembered * ANSWER_BYTES;
    this.answers = new Memo<>(mostRemembered, mostRememberedBytes, time);
    this.reviews = new ReviewQueue<>(mostInFlight, mostWaiting, MOST_WAITING_BYTES);
  }

  /**
   * @param questions of one user
   * @return the first question answered with no; empty if all were answered with yes; fails if an
   *     answer is missing
   */
  CompletableFuture<Optional<Question>> firstDenied(List<Question> questions) {
    Names names = new Names();
    List<CompletableFuture<Boolean>> asked =
        questions.stream().map(question -> ask(names, question)).toList();
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

  /**
   * @return fails if the answer is missing
   */
  public CompletableFuture<Boolean> allowed(Question question) {
    return ask(new Names(), question);
  }

  private CompletableFuture<Boolean> ask(Names names, Question question) {
    return answers.ask(
        names.of(question),
        () ->
            reviews.ask(
                new ReviewQueue.Request<>(
                    names.userName,
                    WAITING_BYTES + bytes(question),
                    () ->
                        reviewer
                            .allowed(question)
                            .thenApply(allowed -> new Remembered<>(allowed, 0, TTL)))));
  }

  private static int bytes(Question question) {
    return question.target() instanceof Resource resource
        ? resource.name().length()
            + resource.subresource().length()
            + resource.fieldSelector().length()
            + resource.labelSelector().length()
        : ((Path) question.target()).path().length();
  }

  private static List<String> parts(UserInfo user) {
    List<String> parts = new ArrayList<>();
    parts.add(user.name());
    parts.add(user.uid());
    parts.add(String.valueOf(user.groups().size()));
    parts.addAll(user.groups());
    for (Map.Entry<String, List<String>> extra : user.extra().entrySet()) {
      parts.add(extra.getKey());
      parts.add(String.valueOf(extra.getValue().size()));
      parts.addAll(extra.getValue());
    }
    return parts;
  }

  private static List<String> parts(String user, Question question) {
    if (question.target() instanceof Resource to) {
      return List.of(
          user,
          question.verb(),
          to.group(),
          to.version(),
          to.resource(),
          to.subresource(),
          to.namespace(),
          to.name(),
          to.fieldSelector(),
          to.labelSelector());
    }
    return List.of(user, question.verb(), ((Path) question.target()).path());
  }

  /** How many questions wait. */
  public IdentityBound waiting() {
    return new IdentityBound(
        "access-reviews-waiting", reviews::waiting, mostWaiting, reviews::refused);
  }

  /** What is remembered takes so many bytes. */
  public IdentityBound remembered() {
    return new IdentityBound(
        "access-reviews-remembered", answers::bytes, mostRememberedBytes, () -> 0);
  }
}
