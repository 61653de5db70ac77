package io.apfproxy.classify;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.RateLimit;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What of a rate limit is legal, and obeyed, but seldom meant: W1 to W3 of specification limits.md
 * L-13, an enforcement that is none (L-32), a stream that cannot come up to its rate (L-21), and a
 * number of keys where there are none.
 */
final class LimitHazards {
  /*
   * As with priority levels it is found out by asking, as those would who hold the cluster together, and as one of those would whom
   * the limit names. Who comes from which address cannot be known here, so addresses are no excuse.
   */
  private static final List<Subject> EVERYBODY = List.of(Subject.user("*"));

  private static final String ACCOUNTS = "system:serviceaccounts";
  private static final String NAMELESS = "somebody";

  /** So late may a stream be woken, on a machine that has other things to do. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RateLimit.Spec spec;
  private final Subjects excepted;

  private LimitHazards(RateLimit.Spec spec) {
    this.spec = spec;
    this.excepted = new Subjects(spec.exceptSubjects());
  }

  /** In words, for people. */
  static List<String> of(RateLimit limit) {
    LimitHazards hazards = new LimitHazards(limit.spec());
    List<String> messages = new ArrayList<>();
    String finding = Enforcement.finding(limit);
    if (finding != null) {
      messages.add(finding);
    }
    hazards.endangered().forEach(messages::add);
    hazards.freedom().ifPresent(messages::add);
    hazards.loss().ifPresent(messages::add);
    if (hazards.countsNoKeys()) {
      messages.add("key.max has no effect without key.by: all requests share one bucket");
    }
    if (hazards.matchesNobody()) {
      messages.add("it matches nothing: exceptSubjects has all whom its rules name");
    }
    return messages;
  }

  /** How a client leaves it by what it calls itself, which is its own word: L-16. */
  private Optional<String> freedom() {
    RateLimit.Key key = spec.key();
    if (key == null || !key.by().contains(RateLimit.USER_AGENT)) {
      return Optional.empty();
    }
    if (key.by().size() == 1) {
      return Optional.of(
          "a client leaves it by calling itself otherwise: beside UserAgent, key should have User"
              + " or SourceAddress");
    }
    boolean hasNames =
        !spec.userAgents().isEmpty()
            && spec.userAgents().stream().allMatch(LimitHazards::isWholeName);
    return hasNames
        ? Optional.empty()
        : Optional.of(
            "a client has a new bucket for each name that it calls itself by: userAgents should"
                + " have the programs that are meant, each up to its slash, such as kubectl/");
  }

  /**
   * What a stream is woken too late for is made good out of its burst, and beyond that lost: else
   * more than the burst would come at once.
   */
  private Optional<String> loss() {
    RateLimit.TokenBucket bucket = spec.tokenBucket();
    if (!spec.unit().equals(RateLimit.BYTES)
        || spec.longRunning().equals(RateLimit.EXCLUDE)
        || bucket == null) {
      return Optional.empty();
    }
    double nanosForOne = (double) bucket.periodNanos() / bucket.rate();
    long enough = (long) Math.ceil(LATE_NANOS / nanosForOne);
    return bucket.burst() >= enough
        ? Optional.empty()
        : Optional.of(
            "streams may stay below its rate: its burst comes in %d ms, and what they are woken later by is lost; burst should be %d or more"
                .formatted((long) (bucket.burst() * nanosForOne / 1e6), enough));
  }

  private boolean countsNoKeys() {
    RateLimit.Key key = spec.key();
    return key != null && key.by().isEmpty() && key.max() != RateLimit.USUAL_KEYS;
  }

  /** Whether all that begin so have one key. */
  private static boolean isWholeName(String agent) {
    return agent.indexOf('/') >= 0 || agent.indexOf(' ') >= 0;
  }

  private Stream<String> endangered() {
    if (spec.longRunning().equals(RateLimit.ONLY)) {
      return Stream.of();
    }
    ExactMatch named = new ExactMatch(named());
    return VitalRequest.ALL.stream()
        .filter(vital -> named.matches(vital.info(), vital.user()) && concerns(vital))
        .map(vital -> vital.what() + " may be delayed or refused: " + wayOut(vital.user()));
  }

  private String wayOut(UserInfo user) {
    if (spec.stage().equals(RateLimit.BEFORE_AUTHENTICATION)) {
      return "rules or userAgents should leave it out";
    }
    return "exceptSubjects should have "
        + (user.groups().contains("system:nodes")
            ? "the group system:nodes"
            : "the user " + user.name());
  }

  /** Before authentication nobody is named, and everybody meant. */
  private List<Rule> named() {
    return spec.rules().stream()
        .map(
            rule ->
                new Rule(
                    rule.subjects().isEmpty() ? EVERYBODY : rule.subjects(),
                    rule.resourceRules(),
                    rule.nonResourceRules()))
        .toList();
  }

  private boolean concerns(VitalRequest vital) {
    return !excepted.cover(vital.user())
        && (spec.userAgents().isEmpty()
            || spec.userAgents().stream().anyMatch(agent -> begins(vital.agent(), agent)))
        && hasKey(vital.user());
  }

  /** What comes after the program's name is not known here. */
  private static boolean begins(String agent, String prefix) {
    return agent.startsWith(prefix) || prefix.startsWith(agent);
  }

  private boolean hasKey(UserInfo user) {
    RateLimit.Key key = spec.key();
    return key == null
        || !key.by().contains(RateLimit.GROUP)
        || user.groups().stream()
            .anyMatch(
                group ->
                    group.startsWith(key.groupPrefix())
                        && group.length() > key.groupPrefix().length());
  }

  private boolean matchesNobody() {
    return !spec.exceptSubjects().isEmpty()
        && spec.rules().stream()
            .flatMap(rule -> rule.subjects().stream())
            .flatMap(LimitHazards::examples)
            .allMatch(excepted::cover);
  }

  /** Somebody of each sort that a subject means, who is named by nothing else. */
  private static Stream<UserInfo> examples(Subject subject) {
    ServiceAccount account = subject.serviceAccount();
    if (account != null) {
      return Stream.of(account(account.namespace(), account.name()));
    }
    String group = subject.group();
    if (group != null && !group.equals("*")) {
      return Stream.of(member(group));
    }
    String user = group != null ? group : subject.user();
    return user == null || user.equals("*")
        ? Stream.of(UserInfo.ANONYMOUS, UserInfo.of(NAMELESS, UserInfo.AUTHENTICATED))
        : Stream.of(named(user));
  }

  private static UserInfo account(String namespace, String name) {
    return UserInfo.of(
        "system:serviceaccount:" + namespace + ":" + (name.equals("*") ? NAMELESS : name),
        ACCOUNTS,
        ACCOUNTS + ":" + namespace,
        UserInfo.AUTHENTICATED);
  }

  private static UserInfo member(String group) {
    if (group.equals(UserInfo.UNAUTHENTICATED)) {
      return UserInfo.ANONYMOUS;
    }
    return group.startsWith(ACCOUNTS + ":")
        ? account(group.substring(ACCOUNTS.length() + 1), "*")
        : UserInfo.of(NAMELESS, group, UserInfo.AUTHENTICATED);
  }

  private static UserInfo named(String user) {
    String namespace = Subjects.accountNamespace(user);
    if (namespace != null) {
      return account(namespace, user.substring(user.lastIndexOf(':') + 1));
    }
    return user.equals(UserInfo.ANONYMOUS.name())
        ? UserInfo.ANONYMOUS
        : UserInfo.of(user, UserInfo.AUTHENTICATED);
  }
}
