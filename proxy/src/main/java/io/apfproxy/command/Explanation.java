package io.apfproxy.command;

import io.apfproxy.classify.Classifier;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.classify.MatchExplanation;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.LimitExplanation;
import io.apfproxy.queueset.Dealer;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says where a request goes under a configuration, and why. */
public final class Explanation {
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  private final FlowControlConfiguration configuration;
  private final Seats seats;
  private final StringBuilder text = new StringBuilder();

  private Explanation(FlowControlConfiguration configuration, Seats seats) {
    this.configuration = configuration;
    this.seats = seats;
  }

  /** What is known of seats, and of what rate limits have left. */
  public interface Seats {
    /** How wide a request to this level is, in words. */
    String width(PriorityLevelConfiguration level, RequestDigest digest);

    /** How many seats wide a request is by itself. */
    int width(RequestDigest digest);

    /** How many seats this level has, in words. */
    String limit(PriorityLevelConfiguration level);

    /** What this level, which may burst, has beyond its limit, in words. */
    String burst(PriorityLevelConfiguration level);

    /** Units that the key of this request has left at this limit; empty if that is not known. */
    default OptionalLong left(RateLimit limit, RequestDigest digest) {
      return OptionalLong.empty();
    }
  }

  /**
   * Explains.
   *
   * @param user null for an anonymous request
   * @throws RefusedException if this is no request
   */
  public static String of(
      FlowControlConfiguration configuration,
      Seats seats,
      String method,
      String url,
      @Nullable String user,
      List<String> groups)
      throws RefusedException {
    RequestTarget target = RequestTarget.parse(url);
    RequestInfo info = RequestInfoParser.parse(method, target);
    return new Explanation(configuration, seats)
        .text(new RequestDigest(info, user(user, groups), target.query()));
  }

  private String text(RequestDigest digest) {
    RequestInfo info = digest.info();
    UserInfo user = digest.user();
    row("request", what(info));
    row("user", user.name() + ", groups " + String.join(", ", user.groups()));
    for (RateLimit limit : configuration.rateLimits().values()) {
      LimitExplanation explained =
          LimitExplanation.of(limit, digest, seats::width, seats.left(limit, digest));
      row(explained.concerns() ? "limit" : "not", explained.text());
    }
    if (LongRunning.bypasses(info)) {
      row("schema", "none: long-running requests other than watches bypass flow control");
      return text.toString();
    }
    for (MatchExplanation.Step step : MatchExplanation.of(configuration, info, user)) {
      row(
          step.matches() ? "schema" : "not",
          step.schema().name()
              + " ("
              + step.schema().spec().matchingPrecedence()
              + ")"
              + (step.matches() ? "" : ": " + step.obstacle()));
    }
    FlowMatch match = new Classifier(configuration).classify(info, user);
    PriorityLevelConfiguration level = match.level();
    row("level", level.name() + ", " + response(level));
    flow(match);
    if (!level.isExempt()) {
      row("width", seats.width(level, digest));
      row("limit", seats.limit(level));
    }
    if (level.burst() != null) {
      row("burst", seats.burst(level));
    }
    return text.toString();
  }

  private void flow(FlowMatch match) {
    Queuing queuing = match.level().queuing();
    if (queuing == null || queuing.queues() < 2) {
      return;
    }
    row(
        "flow",
        match.schema().name()
            + (match.flowDistinguisher().isEmpty() ? "" : " / " + match.flowDistinguisher())
            + ", hash "
            + Long.toUnsignedString(match.flowHash()));
    int[] hand = new int[queuing.handSize()];
    new Dealer(queuing.queues(), queuing.handSize()).deal(match.flowHash(), hand);
    row(
        "hand",
        Arrays.stream(hand).mapToObj(String::valueOf).collect(Collectors.joining(" "))
            + " of "
            + queuing.queues()
            + " queues");
  }

  private static String response(PriorityLevelConfiguration level) {
    Queuing queuing = level.queuing();
    if (level.isExempt()) {
      return "never waits, is never refused";
    }
    return queuing == null
        ? "refuses what finds no seat"
        : count(queuing.queues(), "queue")
            + " of at most "
            + count(queuing.queueLengthLimit(), "request");
  }

  public static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static String what(RequestInfo info) {
    if (!info.resourceRequest()) {
      return info.verb() + " " + info.path();
    }
    return info.verb()
        + " "
        + info.resource()
        + (info.subresource().isEmpty() ? "" : "/" + info.subresource())
        + (info.apiGroup().isEmpty() ? "" : "." + info.apiGroup())
        + (info.name().isEmpty() ? "" : " " + info.name())
        + (info.namespace().isEmpty() ? "" : " in namespace " + info.namespace());
  }

  /** With the groups that kube-apiserver itself puts a user into. */
  private static UserInfo user(@Nullable String name, List<String> given) {
    if (name == null) {
      return UserInfo.ANONYMOUS;
    }
    List<String> groups = new ArrayList<>(given);
    String[] parts = name.split(":", -1);
    if (name.startsWith(SERVICE_ACCOUNT) && parts.length == 4) {
      groups.add("system:serviceaccounts");
      groups.add("system:serviceaccounts:" + parts[2]);
    }
    if (!groups.contains(UserInfo.AUTHENTICATED)) {
      groups.add(UserInfo.AUTHENTICATED);
    }
    return UserInfo.of(name, groups.toArray(String[]::new));
  }

  private void row(String what, String value) {
    text.append(String.format(Locale.ROOT, "%-9s%s%n", what, value));
  }
}
