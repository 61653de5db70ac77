package io.apfproxy.kube.review;

import io.apfproxy.authn.act.AccessReviewer;
import io.apfproxy.authn.who.TokenReviewer;
import io.apfproxy.request.UserInfo;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TokenReviews and SubjectAccessReviews at the upstream, on threads of its own and past the proxy's
 * own flow control. The number in flight is bounded by the callers. Thread-safe.
 */
public final class KubeReviews implements TokenReviewer, AccessReviewer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubeReviews.class);
  private static final int THREADS = 64;
  private static final long SECONDS_BETWEEN_WARNINGS = 60;

  private final KubernetesClient client;
  private final ExecutorService tokens = threads("token-review-");
  private final ExecutorService access = threads("access-review-");
  private final AtomicLong nextWarning = new AtomicLong(Long.MIN_VALUE);

  /**
   * @param client not closed by this class; its request time-out ends a review
   */
  public KubeReviews(KubernetesClient client) {
    this.client = client;
  }

  /** As many as may be in flight of either kind, so that neither waits for the other. */
  private static ExecutorService threads(String name) {
    AtomicLong number = new AtomicLong();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, name + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public CompletionStage<Optional<UserInfo>> review(String token) {
    return CompletableFuture.supplyAsync(() -> askWho(token), tokens);
  }

  @Override
  public CompletionStage<Boolean> allowed(Question question) {
    return CompletableFuture.supplyAsync(() -> askWhether(question), access);
  }

  @Override
  public void close() {
    tokens.shutdownNow();
    access.shutdownNow();
  }

  private Optional<UserInfo> askWho(String token) {
    TokenReview question =
        new TokenReviewBuilder().withNewSpec().withToken(token).endSpec().build();
    TokenReview answer;
    try {
      answer = client.resource(question).create();
    } catch (KubernetesClientException e) {
      throw failed("tokenreviews.authentication.k8s.io", e);
    }
    TokenReviewStatus status = answer == null ? null : answer.getStatus();
    if (status == null) {
      throw new IllegalStateException("the upstream answered a TokenReview without status");
    }
    if (!Boolean.TRUE.equals(status.getAuthenticated())) {
      return Optional.empty();
    }
    io.fabric8.kubernetes.api.model.authentication.UserInfo user = status.getUser();
    if (user == null || orEmpty(user.getUsername()).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new UserInfo(
            user.getUsername(),
            orEmpty(user.getUid()),
            user.getGroups() == null ? List.of() : user.getGroups(),
            user.getExtra() == null ? Map.of() : user.getExtra()));
  }

  private boolean askWhether(Question question) {
    SubjectAccessReviewSpecBuilder spec =
        new SubjectAccessReviewSpecBuilder()
            .withUser(question.user().name())
            .withUid(question.user().uid())
            .withGroups(question.user().groups())
            .withExtra(question.user().extra());
    if (question.target() instanceof Resource resource) {
      spec.withResourceAttributes(attributes(question.verb(), resource));
    } else {
      spec.withNewNonResourceAttributes()
          .withVerb(question.verb())
          .withPath(((Path) question.target()).path())
          .endNonResourceAttributes();
    }
    return ask(new SubjectAccessReviewBuilder().withSpec(spec.build()).build());
  }

  private static ResourceAttributes attributes(String verb, Resource resource) {
    ResourceAttributesBuilder attributes =
        new ResourceAttributesBuilder()
            .withVerb(verb)
            .withGroup(resource.group())
            .withVersion(resource.version())
            .withResource(resource.resource())
            .withSubresource(resource.subresource())
            .withNamespace(resource.namespace())
            .withName(resource.name());
    if (!resource.fieldSelector().isEmpty()) {
      attributes
          .withNewFieldSelector()
          .withRawSelector(resource.fieldSelector())
          .endFieldSelector();
    }
    if (!resource.labelSelector().isEmpty()) {
      attributes
          .withNewLabelSelector()
          .withRawSelector(resource.labelSelector())
          .endLabelSelector();
    }
    return attributes.build();
  }

  private boolean ask(SubjectAccessReview review) {
    SubjectAccessReview answer;
    try {
      answer = client.resource(review).create();
    } catch (KubernetesClientException e) {
      throw failed("subjectaccessreviews.authorization.k8s.io", e);
    }
    if (answer == null || answer.getStatus() == null) {
      throw new IllegalStateException("the upstream answered an access review without status");
    }
    return Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }

  /**
   * Says what is missing, once a minute; neither message nor cause ever holds what was reviewed.
   */
  private IllegalStateException failed(String resource, KubernetesClientException cause) {
    long now = System.nanoTime();
    long due = nextWarning.get();
    if ((due == Long.MIN_VALUE || now - due >= 0)
        && nextWarning.compareAndSet(
            due, now + TimeUnit.SECONDS.toNanos(SECONDS_BETWEEN_WARNINGS))) {
      if (cause.getCode() == 401 || cause.getCode() == 403) {
        LOG.warn(
            "The upstream answered {} to a review: the proxy's own identity (--kubeconfig) needs the"
                + " right to \"create\" {}; until then, requests that need one are answered 503",
            cause.getCode(),
            resource);
      } else {
        LOG.warn(
            "A review ({}) failed with code {}: {}",
            resource,
            cause.getCode(),
            cause.getClass().getSimpleName());
      }
    }
    return new IllegalStateException(
        "review of " + resource + " failed: " + cause.getCode(), cause.getCause());
  }

  private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }
}
