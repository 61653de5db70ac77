package io.apfproxy.replay.suggest;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.Validation;
import io.apfproxy.request.NameSyntax;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A level and a schema for one elephant. Source: specification seeing.md V-59.
 *
 * @param nominal seats that the level has of its own
 * @param passed schemas that the new one stands before without need, as no number was free
 */
public record Proposal(
    Elephant elephant,
    PriorityLevelConfiguration level,
    FlowSchema schema,
    int nominal,
    List<String> passed) {
  private static final String PREFIX = "suggested-";
  private static final int LONGEST_NAME = 50;
  private static final int LEAST_PRECEDENCE = 2; // 1 is the exempt schema's
  private static final int LENDABLE = 50;
  private static final PriorityLevelConfiguration.Queuing QUEUES =
      new PriorityLevelConfiguration.Queuing(16, 4, 50);

  public Proposal {
    passed = List.copyOf(passed);
  }

  /**
   * Null if there is no place for a schema before the one that matches now, or none can mean the
   * elephant alone.
   */
  static @Nullable Proposal of(
      FlowControlConfiguration present, int seats, Elephant elephant, Scope scope) {
    FlowSchema now =
        present.schemas().stream()
            .filter(schema -> schema.name().equals(elephant.appetite().schema()))
            .findFirst()
            .orElseThrow();
    int precedence = precedence(present, now);
    if (precedence < LEAST_PRECEDENCE || !elephant.appetite().isNameable()) {
      return null;
    }
    String name = name(present, elephant.appetite());
    int shares = shares(present, seats, elephant);
    PriorityLevelConfiguration level = level(name, shares, LENDABLE);
    int nominal = nominal(seats, with(level, present), name);
    if (nominal == 1) {
      level = level(name, shares, 0); // half of one seat is one: it would stand still once idle
    }
    FlowSchema schema =
        new FlowSchema(
            ObjectMeta.of(name, "", Map.of()),
            new FlowSchema.Spec(
                name, precedence, now.spec().distinguisherMethod(), List.of(rule(elephant, scope))),
            List.of());
    if (!Validation.validate(schema).isEmpty()) {
      return null; // it was seen in places only that are none
    }
    return new Proposal(
        elephant,
        level,
        schema,
        nominal,
        present.schemas().stream()
            .filter(other -> other.spec().matchingPrecedence() > precedence)
            .takeWhile(other -> !other.name().equals(now.name()))
            .map(FlowSchema::name)
            .toList());
  }

  private static PriorityLevelConfiguration level(String name, int shares, int lendable) {
    return new PriorityLevelConfiguration(
        ObjectMeta.of(name, "", Map.of()),
        new PriorityLevelConfiguration.Spec(
            PriorityLevelConfiguration.LIMITED,
            new PriorityLevelConfiguration.Limited(
                shares,
                lendable,
                0,
                new PriorityLevelConfiguration.LimitResponse(
                    PriorityLevelConfiguration.QUEUE, QUEUES)),
            null),
        List.of());
  }

  private static List<PriorityLevelConfiguration> with(
      PriorityLevelConfiguration level, FlowControlConfiguration present) {
    List<PriorityLevelConfiguration> levels = new ArrayList<>(present.levels().values());
    levels.add(level);
    return levels;
  }

  private static int nominal(
      int seats, Collection<PriorityLevelConfiguration> levels, String name) {
    return Objects.requireNonNull(LimitBounds.of(seats, levels).get(name)).nominal();
  }

  private static int precedence(FlowControlConfiguration present, FlowSchema now) {
    Set<Integer> taken =
        present.schemas().stream()
            .map(schema -> schema.spec().matchingPrecedence())
            .collect(Collectors.toSet());
    int precedence = now.spec().matchingPrecedence() - 1;
    while (taken.contains(precedence)) {
      precedence--;
    }
    return precedence;
  }

  /** So many that the level gets half of what the elephant held, a quarter of its level at most. */
  private static int shares(FlowControlConfiguration present, int seats, Elephant elephant) {
    Collection<PriorityLevelConfiguration> levels = present.levels().values();
    int quarter = nominal(seats, levels, elephant.appetite().level()) / 4;
    int wanted = (int) Math.max(1, Math.min(quarter, Math.round(elephant.meanSeats() / 2)));
    long total = levels.stream().mapToLong(PriorityLevelConfiguration::nominalShares).sum();
    return wanted >= seats ? 1 : (int) Math.max(1, wanted * total / (seats - wanted));
  }

  private static String name(FlowControlConfiguration present, Appetite appetite) {
    String text =
        (appetite.user().replaceFirst("^system:serviceaccount:", "")
                + '-'
                + appetite.verbs()
                + '-'
                + appetite.resource())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    String stem =
        PREFIX + text.substring(0, Math.min(LONGEST_NAME, text.length())).replaceAll("-$", "");
    List<String> taken = new ArrayList<>(present.levels().keySet());
    present.schemas().forEach(schema -> taken.add(schema.name()));
    String name = stem;
    for (int i = 2; taken.contains(name); i++) {
      name = stem + '-' + i;
    }
    return name;
  }

  private static FlowSchema.Rule rule(Elephant elephant, Scope scope) {
    return new FlowSchema.Rule(
        List.of(subject(elephant.appetite().user())),
        List.of(
            new FlowSchema.ResourceRule(
                scope.verbs(),
                List.of(elephant.appetite().group()),
                List.of(elephant.appetite().resource()),
                scope.isOfCluster(),
                scope.namespaces())),
        List.of());
  }

  /** One that is named like a service account, but can be none, is a user. */
  private static FlowSchema.Subject subject(String user) {
    String[] parts = user.split(":", -1);
    return parts.length == 4
            && user.startsWith("system:serviceaccount:")
            && NameSyntax.isDnsLabel(parts[2])
            && NameSyntax.isDnsSubdomain(parts[3])
        ? FlowSchema.Subject.serviceAccount(parts[2], parts[3])
        : FlowSchema.Subject.user(user);
  }

  /** The configuration with it. */
  FlowControlConfiguration over(FlowControlConfiguration present) {
    List<FlowSchema> schemas = new ArrayList<>(present.schemas());
    schemas.add(schema);
    return FlowControlConfiguration.digest(schemas, with(level, present), present);
  }
}
