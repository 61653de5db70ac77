package io.apfproxy.replay.suggest;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.suggest.Suggestion.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Writes manifests. Texts that come from a log are quoted: a user's name may be anything. */
final class SuggestedYaml {
  /*
   * By hand, as people read it before they apply it: Jackson's generator writes no comments, which
   * have the reasons here, and either all of a document on one line or every value on one of its
   * own, where rules are known by sight if what belongs together shares a line.
   */
  private static final double SECOND = 1e9;
  private static final double ALL_PERCENT = 100;

  private SuggestedYaml() {}

  static String of(Suggestions suggestions) {
    StringBuilder text = new StringBuilder();
    for (String caution : suggestions.alone().cautions()) {
      text.append("# caution: ").append(comment(caution)).append('\n');
    }
    suggestions.leftOut().forEach(one -> leftOut(text, one));
    if (suggestions.all().isEmpty()) {
      return nothing(text, suggestions).toString();
    }
    for (Suggestion suggestion : suggestions.all()) {
      text.append("---\n");
      reasons(text, suggestion);
      level(text, suggestion.proposal().level());
      text.append("---\n");
      schema(text, suggestion.proposal().schema());
    }
    return text.toString();
  }

  /** One who looks for somebody that he knows of is told what may be why he is not there. */
  private static StringBuilder nothing(StringBuilder text, Suggestions suggestions) {
    text.append("# no change found; tried: ").append(suggestions.tried()).append('\n');
    if (suggestions.tried() == 0) {
      Outcome alone = suggestions.alone().after();
      text.append(
          String.format(
              Locale.ROOT,
              "# With %d seats (--seats) %d of %d requests waited, and %d were refused; none while"
                  + " somebody else held a quarter of its level.%n"
                  + "# What a proxy or flow control held back before this was recorded is in it as it"
                  + " came through; a recording of the proxy's own (--record) has when it came.%n",
              alone.seats(),
              sum(alone, Counts::waited),
              alone.requests(),
              sum(alone, Counts::refused)));
    }
    return text;
  }

  private static long sum(Outcome outcome, ToLongFunction<Counts> what) {
    return outcome.levels().stream().map(LevelRow::counts).mapToLong(what).sum();
  }

  /** Why somebody who holds most gets no level of his own: else one wonders whether he was seen. */
  private static void leftOut(StringBuilder text, Suggestion suggestion) {
    Appetite appetite = suggestion.proposal().elephant().appetite();
    text.append(
        String.format(
            Locale.ROOT,
            "# left out: a level of its own for %s (%s %s). The others at %s: wait p99 %.3fs before,"
                + " %.3fs after; refused %d before, %d after: %s.%n",
            comment(appetite.user()),
            appetite.verbs(),
            comment(appetite.resource()),
            comment(appetite.level()),
            suggestion.waitBefore() / SECOND,
            suggestion.waitAfter() / SECOND,
            suggestion.refusedBefore(),
            suggestion.refusedAfter(),
            suggestion.verdict() == Verdict.HURTS_ANOTHER_LEVEL
                ? "another level is worse off"
                : "too little"));
  }

  private static void reasons(StringBuilder text, Suggestion suggestion) {
    Proposal proposal = suggestion.proposal();
    Elephant elephant = proposal.elephant();
    Appetite appetite = elephant.appetite();
    text.append(
        String.format(
            Locale.ROOT,
            "# %s (%s %s) held %.1f seats, %.0f%% of what was held at %s, in %d windows of 10s"
                + " in which others waited.%n",
            comment(appetite.user()),
            appetite.verbs(),
            comment(appetite.resource()),
            elephant.meanSeats(),
            ALL_PERCENT * elephant.share(),
            comment(appetite.level()),
            elephant.windows()));
    text.append(
        String.format(
            Locale.ROOT,
            "# A level of its own, of %d %s, gives the others there: wait p99 %.3fs before, %.3fs"
                + " after; refused %d before, %d after.%n",
            proposal.nominal(),
            proposal.nominal() == 1 ? "seat" : "seats",
            suggestion.waitBefore() / SECOND,
            suggestion.waitAfter() / SECOND,
            suggestion.refusedBefore(),
            suggestion.refusedAfter()));
    text.append(
        String.format(
            Locale.ROOT,
            "# The elephant itself: refused %d before, %d after, were it to come as fast as before.%n",
            suggestion.ownRefusedBefore(),
            suggestion.ownRefusedAfter()));
    if (!proposal.passed().isEmpty()) {
      text.append("# No precedence was free just before ")
          .append(comment(appetite.schema()))
          .append(": it comes before ")
          .append(comment(String.join(", ", proposal.passed())))
          .append(" too.\n");
    }
  }

  private static void level(StringBuilder text, PriorityLevelConfiguration level) {
    Limited limited = Objects.requireNonNull(level.spec().limited());
    PriorityLevelConfiguration.Queuing queuing = Objects.requireNonNull(level.queuing());
    text.append(
        """
        apiVersion: flowcontrol.apiserver.k8s.io/v1
        kind: PriorityLevelConfiguration
        metadata:
          name: %s
        spec:
          type: Limited
          limited:
            nominalConcurrencyShares: %d
            lendablePercent: %d
            borrowingLimitPercent: %d
            limitResponse:
              type: Queue
              queuing: {queues: %d, handSize: %d, queueLengthLimit: %d}
        """
            .formatted(
                level.name(),
                limited.nominalShares(),
                limited.lendablePercent(),
                limited.borrowingLimitPercent(),
                queuing.queues(),
                queuing.handSize(),
                queuing.queueLengthLimit()));
  }

  private static void schema(StringBuilder text, FlowSchema schema) {
    FlowSchema.Rule rule = schema.spec().rules().get(0);
    FlowSchema.ResourceRule resources = rule.resourceRules().get(0);
    text.append(
        """
        apiVersion: flowcontrol.apiserver.k8s.io/v1
        kind: FlowSchema
        metadata:
          name: %s
        spec:
          priorityLevelConfiguration: {name: %s}
          matchingPrecedence: %d
        """
            .formatted(
                schema.name(), schema.spec().priorityLevel(), schema.spec().matchingPrecedence()));
    if (schema.spec().distinguisherMethod() != null) {
      text.append("  distinguisherMethod: {type: ")
          .append(schema.spec().distinguisherMethod())
          .append("}\n");
    }
    text.append("  rules:\n  - subjects:\n    - ").append(subject(rule.subjects().get(0)));
    text.append("\n    resourceRules:\n    - verbs: ").append(list(resources.verbs()));
    text.append("\n      apiGroups: ").append(list(resources.apiGroups()));
    text.append("\n      resources: ").append(list(resources.resources()));
    if (resources.clusterScope()) {
      text.append("\n      clusterScope: true");
    }
    if (!resources.namespaces().isEmpty()) {
      text.append("\n      namespaces: ").append(list(resources.namespaces()));
    }
    text.append('\n');
  }

  private static String subject(FlowSchema.Subject subject) {
    FlowSchema.ServiceAccount account = subject.serviceAccount();
    return account == null
        ? "{kind: User, user: {name: " + quoted(Objects.requireNonNull(subject.user())) + "}}"
        : "{kind: ServiceAccount, serviceAccount: {namespace: "
            + quoted(account.namespace())
            + ", name: "
            + quoted(account.name())
            + "}}";
  }

  private static String list(List<String> texts) {
    return texts.stream().map(SuggestedYaml::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /**
   * As in JSON, which YAML reads too, but for characters beyond 16 bits: those are one escape in
   * YAML. What is not ASCII or seen is escaped.
   */
  static String quoted(String text) {
    return '"' + escaped(text) + '"';
  }

  private static String comment(String text) {
    return escaped(text).replace("\\\"", "\"");
  }

  private static String escaped(String text) {
    StringBuilder plain = new StringBuilder();
    String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(text));
    quoted
        .codePoints()
        .forEach(
            c -> {
              if (c < 0x7f) {
                plain.append((char) c);
              } else {
                plain.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
              }
            });
    return plain.toString();
  }
}
