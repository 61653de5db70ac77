package io.apfproxy.command;

import io.apfproxy.classify.Classifier;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.classify.MatchExplanation;
import io.apfproxy.command.Explanation.Seats;
import io.apfproxy.command.Explanation.Step;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.LimitExplanation;
import io.apfproxy.queueset.Dealer;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the steps of an {@link Explanation}. Used once. */
final class Reasoning {
  private final FlowControlConfiguration configuration;
  private final Seats seats;
  private final List<Step> steps = new ArrayList<>();

  Reasoning(FlowControlConfiguration configuration, Seats seats) {
    this.configuration = configuration;
    this.seats = seats;
  }

  List<Step> steps(RequestDigest digest) {
    RequestInfo info = digest.info();
    UserInfo user = digest.user();
    step("request", what(info));
    step("user", user.name() + ", groups " + String.join(", ", user.groups()));
    for (RateLimit limit : configuration.rateLimits().values()) {
      LimitExplanation explained =
          LimitExplanation.of(
              limit, seats.enforcement(limit), digest, seats::width, seats.left(limit, digest));
      step(explained.concerns() ? "limit" : "not", explained.text());
    }
    if (LongRunning.bypasses(info)) {
      step("schema", "none: long-running requests other than watches bypass flow control");
      return steps;
    }
    for (String schema : configuration.danglingSchemas()) {
      steps.add(new Step("not", schema + ": its priority level is missing", schema, ""));
    }
    for (MatchExplanation.Step step : MatchExplanation.of(configuration, info, user)) {
      String schema = step.schema().name();
      steps.add(
          new Step(
              step.matches() ? "schema" : "not",
              schema
                  + " ("
                  + step.schema().spec().matchingPrecedence()
                  + ")"
                  + (step.matches() ? "" : ": " + step.obstacle()),
              schema,
              ""));
    }
    FlowMatch match = new Classifier(configuration).classify(info, user);
    PriorityLevelConfiguration level = match.level();
    steps.add(new Step("level", level.name() + ", " + response(level), "", level.name()));
    flow(match);
    if (!level.isExempt()) {
      step("width", seats.width(level, digest));
      step("limit", seats.limit(level));
    }
    if (level.burst() != null) {
      step("burst", seats.burst(level));
    }
    return steps;
  }

  private void flow(FlowMatch match) {
    Queuing queuing = match.level().queuing();
    if (queuing == null || queuing.queues() < 2) {
      return;
    }
    step(
        "flow",
        match.schema().name()
            + (match.flowDistinguisher().isEmpty() ? "" : " / " + match.flowDistinguisher())
            + ", hash "
            + Long.toUnsignedString(match.flowHash()));
    int[] hand = new int[queuing.handSize()];
    new Dealer(queuing.queues(), queuing.handSize()).deal(match.flowHash(), hand);
    step(
        "hand",
        (hand.length == 1 ? "queue " : "queues ")
            + Arrays.stream(hand).mapToObj(String::valueOf).collect(Collectors.joining(" "))
            + " of "
            + queuing.queues());
  }

  private static String response(PriorityLevelConfiguration level) {
    Queuing queuing = level.queuing();
    if (level.isExempt()) {
      return "never waits, is never refused";
    }
    return queuing == null
        ? "refuses what finds no seat"
        : Explanation.count(queuing.queues(), "queue")
            + " of at most "
            + Explanation.count(queuing.queueLengthLimit(), "request");
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

  private void step(String what, String text) {
    steps.add(new Step(what, text));
  }
}
