package io.apfproxy.limit;

import io.apfproxy.classify.RuleIndex;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.KeyTable;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits that stand at the same place of the walk. Immutable. */
final class LimitSet {
  /** Before it is known who asks, rules have no subjects: they are for everybody. */
  private static final List<Subject> EVERYBODY = List.of(Subject.user("*"));

  private final Limit[] limits;
  private final RuleIndex rules;
  private final boolean identified;
  private final boolean bytes;
  private final boolean shadows;

  /**
   * @param identified whether it is known there who asks
   */
  LimitSet(List<Limit> limits, boolean identified) {
    this.limits = limits.toArray(Limit[]::new);
    this.identified = identified;
    this.shadows = limits.stream().anyMatch(Limit::hasShadow);
    this.bytes = limits.stream().anyMatch(Limit::countsBytes);
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
    KeyHash hash = found.hash();
    long owner = KeyTable.NOBODY;
    for (int i = 0; i < matching; i++) {
      int position = found.positions()[i];
      Limit limit = limits[position];
      if (limit.concerns(asked, user, hash.begin())) {
        long key = hash.end();
        if (limit.hasOwners() && owner == KeyTable.NOBODY) {
          owner = Owner.of(asked, user, hash);
        }
        found.keep(position, key, limit.hasOwners() ? owner : KeyTable.NOBODY);
      }
    }
    return found;
  }

  boolean countsBytes() {
    return bytes;
  }

  /** Whether one of them is in shadow, for some. */
  boolean hasShadows() {
    return shadows;
  }

  /**
   * What charges the bytes of a request; null if none of those that concern it counts them.
   *
   * @param inShadow whether limits in shadow would have let it pass
   */
  @Nullable ByteMeter meter(Asked asked, boolean inShadow, TimeSource time) {
    Found found = find(asked);
    List<ByteMeter.Charge> charges = new ArrayList<>();
    boolean slowed = LongRunning.bypasses(asked.info());
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limit(found, i);
      boolean shadow = limit.isShadowFor(asked);
      if (limit.countsBytes() && (inShadow || !shadow)) {
        charges.add(
            new ByteMeter.Charge(
                limit, found.key(i), found.owner(i), shadow, slowed, time.nanoTime()));
      }
    }
    return charges.isEmpty() ? null : new ByteMeter(charges, time);
  }

  Limit limit(Found found, int i) {
    return limits[found.position(i)];
  }
}
