package io.apfproxy.authn;

import io.apfproxy.authn.act.AccessReviewer;
import io.apfproxy.authn.who.TokenReviewer;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An upstream that knows some tokens and some rights, and can be out of order. */
public final class FakeReviews implements TokenReviewer, AccessReviewer {
  public final Map<String, UserInfo> users = new HashMap<>();
  final Set<String> allowed = new HashSet<>();
  public final List<String> reviewed = new ArrayList<>();
  final List<Question> asked = new ArrayList<>();
  public boolean down;

  /** Answers the next review; null for at once. */
  @Nullable CompletableFuture<Optional<UserInfo>> late;

  @Override
  public CompletionStage<Optional<UserInfo>> review(String token) {
    reviewed.add(token);
    if (late != null) {
      return late;
    }
    return down
        ? CompletableFuture.failedFuture(new IllegalStateException("down"))
        : CompletableFuture.completedFuture(Optional.ofNullable(users.get(token)));
  }

  @Override
  public CompletionStage<Boolean> allowed(Question question) {
    asked.add(question);
    return down
        ? CompletableFuture.failedFuture(new IllegalStateException("down"))
        : CompletableFuture.completedFuture(allowed.contains(describe(question)));
  }

  static String describe(Question question) {
    String what = question.user().name() + " " + question.verb() + " ";
    if (question.target() instanceof Path path) {
      return what + path.path();
    }
    Resource resource = (Resource) question.target();
    return what
        + resource.resource()
        + (resource.group().isEmpty() ? "" : "." + resource.group())
        + (resource.subresource().isEmpty() ? "" : "/" + resource.subresource())
        + " "
        + (resource.namespace().isEmpty() ? "" : resource.namespace() + "/")
        + resource.name();
  }
}
