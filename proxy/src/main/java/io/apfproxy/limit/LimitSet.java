package io.apfproxy.limit;

import io.apfproxy.classify.RuleIndex;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.request.UserInfo;
import java.util.List;

/** Limits that stand at the same place of the walk. Immutable. */
final class LimitSet {
  /** Before it is known who asks, rules have no subjects: they are for everybody. */
  private static final List<Subject> EVERYBODY = List.of(Subject.user("*"));

  private final Limit[] limits;
  private final RuleIndex rules;
  private final boolean identified;

  /**
   * @param identified whether it is known there who asks
   */
  LimitSet(List<Limit> limits, boolean identified) {
    this.limits = limits.toArray(Limit[]::new);
    this.identified = identified;
    this.rules = new RuleIndex(limits.stream().map(limit -> rules(limit.limit().spec())).toList());
  }

  /** As those of a schema. */
  static List<Rule> rules(RateLimit.Spec spec) {
    return spec.stage().equals(RateLimit.BEFORE_AUTHENTICATION)
        ? spec.rules().stream()
            .map(rule -> new Rule(EVERYBODY, rule.resourceRules(), rule.nonResourceRules()))
            .toList()
        : spec.rules();
  }

  boolean isEmpty() {
    return limits.length == 0;
  }

  /** Those that concern a request: all of them hold. Valid until the next call on this thread. */
  Found find(Asked asked) {
    Found found = Found.ofThread(limits.length);
    UserInfo user = identified ? asked.digest().user() : UserInfo.ANONYMOUS;
    int matching = rules.all(asked.info(), user, found.positions());
    for (int i = 0; i < matching; i++) {
      int position = found.positions()[i];
      if (limits[position].concerns(asked, user, found.hash())) {
        found.keep(position);
      }
    }
    return found;
  }

  Limit limit(Found found, int i) {
    return limits[found.position(i)];
  }
}
