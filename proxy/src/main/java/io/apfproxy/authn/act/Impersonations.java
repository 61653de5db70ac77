package io.apfproxy.authn.act;

import io.apfproxy.authn.act.ImpersonationClaim.Step;
import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.memo.BoundedCache;
import io.apfproxy.authn.memo.IdentityBound;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client may act as whom it wishes to be, and who it then is, as kube-apiserver
 * does: mode by mode, the one that a requester was last granted first. So what a requester did
 * before may decide which groups it has as a node. Thread-safe.
 */
public final class Impersonations {
  /** More reviews than this are not asked for one request. Source: security.md, S16. */
  private static final int MOST_REVIEWS = 64;

  private static final String TOO_MANY = "at most " + MOST_REVIEWS + " Impersonate-* values";
  private static final int MOST_BYTES = 128 * 1024;
  private static final int MOST_REQUESTERS = 10_000;
  private static final long MOST_REQUESTERS_BYTES = 8 << 20;
  private static final long FOR_EVER = Long.MAX_VALUE / 2;

  private final AccessReviews access;
  private final BooleanSupplier constrained;
  private final BoundedCache<String, ImpersonationMode> lastModes;

  /**
   * @param constrained whether the upstream knows more than {@link ImpersonationMode#LEGACY}; asked
   *     at each request
   */
  public Impersonations(AccessReviews access, BooleanSupplier constrained, TimeSource time) {
    this.access = access;
    this.constrained = constrained;
    this.lastModes = new BoundedCache<>(MOST_REQUESTERS, MOST_REQUESTERS_BYTES, time);
  }

  /**
   * @param user whom the client becomes; null if it may not
   * @param refusal null if it may
   */
  public record Verdict(@Nullable UserInfo user, @Nullable RefusedException refusal) {
    static Verdict denied(String rule, String message) {
      return new Verdict(null, Refusals.forbidden(rule, message));
    }
  }

  /** What clients can fill here. */
  public List<IdentityBound> bounds() {
    return List.of(access.waiting(), access.remembered());
  }

  /**
   * @return fails if an answer is missing
   */
  public CompletableFuture<Verdict> decide(
      UserInfo requester, Impersonation wish, RequestInfo request) {
    if (ImpersonationClaim.names(wish) > MOST_REVIEWS) {
      return CompletableFuture.completedFuture(
          Verdict.denied("too-many-impersonated-names", TOO_MANY));
    }
    if (ImpersonationClaim.bytes(wish) > MOST_BYTES) {
      return CompletableFuture.completedFuture(
          Verdict.denied(
              "impersonated-names-too-large",
              "at most " + MOST_BYTES + " bytes of Impersonate-* values"));
    }
    return new Decision(requester, wish, request).tryNext();
  }

  private List<ImpersonationMode> modes(UserInfo requester) {
    if (!constrained.getAsBoolean()) {
      return List.of(ImpersonationMode.LEGACY);
    }
    ImpersonationMode last = lastModes.get(requester.name());
    if (last == null) {
      return ImpersonationMode.ALL;
    }
    List<ImpersonationMode> order = new ArrayList<>(ImpersonationMode.ALL);
    order.remove(last);
    order.add(0, last);
    return order;
  }

  /** One request's. Its callbacks come one after the other. */
  private final class Decision {
    private final UserInfo requester;
    private final Impersonation wish;
    private final RequestInfo request;
    private final Iterator<ImpersonationMode> modes;
    private int reviews;
    private String denial = "";

    Decision(UserInfo requester, Impersonation wish, RequestInfo request) {
      this.requester = requester;
      this.wish = wish;
      this.request = request;
      this.modes = modes(requester).iterator();
    }

    CompletableFuture<Verdict> tryNext() {
      while (modes.hasNext()) {
        ImpersonationMode mode = modes.next();
        if (mode.suits(requester, wish)) {
          ImpersonationClaim claim = ImpersonationClaim.of(mode, requester, wish, request);
          return firstDenial(claim.steps().iterator()).thenCompose(why -> judge(mode, claim, why));
        }
      }
      return CompletableFuture.completedFuture(Verdict.denied("impersonation-denied", denial));
    }

    private CompletableFuture<Verdict> judge(
        ImpersonationMode mode, ImpersonationClaim claim, String why) {
      if (why.isEmpty()) {
        if (constrained.getAsBoolean()) { // an older server has nothing to remember
          lastModes.put(requester.name(), mode, requester.name().length(), FOR_EVER);
        }
        return CompletableFuture.completedFuture(new Verdict(claim.user(), null));
      }
      if (denial.isEmpty()) {
        denial = why;
      }
      return tryNext();
    }

    /** Why a step is not granted; empty if all are. */
    private CompletableFuture<String> firstDenial(Iterator<Step> steps) {
      return steps.hasNext()
          ? denialOf(steps.next())
              .thenCompose(
                  why ->
                      why.isEmpty() ? firstDenial(steps) : CompletableFuture.completedFuture(why))
          : CompletableFuture.completedFuture("");
    }

    private CompletableFuture<String> denialOf(Step step) {
      if (!step.refusal().isEmpty()) {
        return CompletableFuture.completedFuture(step.refusal());
      }
      if (step.all() == null) {
        return denialOfEach(step);
      }
      reviews++;
      return access
          .firstDenied(List.of(step.all()))
          .thenCompose(
              denied ->
                  denied.isEmpty() ? CompletableFuture.completedFuture("") : denialOfEach(step));
    }

    private CompletableFuture<String> denialOfEach(Step step) {
      reviews += step.each().size();
      return reviews > MOST_REVIEWS
          ? CompletableFuture.completedFuture(TOO_MANY)
          : access
              .firstDenied(step.each())
              .thenApply(denied -> denied.map(AccessDenial::of).orElse(""));
    }
  }
}
