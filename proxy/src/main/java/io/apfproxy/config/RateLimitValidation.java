package io.apfproxy.config;

import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.request.AddressBlock;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a rate limit may say of whom it concerns; how much it allows, {@link RateAmounts} looks at.
 * Where kube-apiserver can say it by the rules of {@code crds/ratelimits.yaml}, it does, with the
 * same words. Source: specification limits.md L-11, L-12.
 */
final class RateLimitValidation {
  private static final int MOST_RULES = 16;
  private static final int MOST_LISTED = 64;
  private static final int MOST_PARTS = 3;
  private static final int LONGEST_AGENT = 256;
  private static final int LONGEST_PREFIX = 253;
  private static final int MOST_KEYS = 100_000;

  private static final List<String> STAGES =
      List.of(RateLimit.AFTER_AUTHENTICATION, RateLimit.BEFORE_AUTHENTICATION);
  private static final List<String> LONG_RUNNING =
      List.of(RateLimit.INCLUDE, RateLimit.EXCLUDE, RateLimit.ONLY);
  private static final List<String> UNITS =
      List.of(RateLimit.REQUESTS, RateLimit.SEATS, RateLimit.BYTES);
  private static final List<String> SCOPES = List.of(RateLimit.PROXY, RateLimit.FLEET);
  private static final List<String> PARTS =
      List.of(
          RateLimit.USER,
          RateLimit.GROUP,
          RateLimit.NAMESPACE,
          RateLimit.USER_AGENT,
          RateLimit.SOURCE_ADDRESS);
  private static final Set<String> KNOWN_BEFORE =
      Set.of(RateLimit.USER_AGENT, RateLimit.SOURCE_ADDRESS);
  private static final Pattern AGENT = Pattern.compile("[ -~]+");
  private static final Pattern BLOCK = Pattern.compile("[0-9a-fA-F.:]+/[0-9]{1,3}");

  private final RateLimit.Spec spec;
  private final FieldErrors errors;

  private RateLimitValidation(RateLimit.Spec spec, FieldErrors errors) {
    this.spec = spec;
    this.errors = errors;
  }

  static void validate(RateLimit limit, FieldErrors errors) {
    new RateLimitValidation(limit.spec(), errors).validate();
    new RateAmounts(limit.spec(), errors).validate();
  }

  private void validate() {
    requireOneOf(STAGES, spec.stage(), "spec.stage");
    validateRules();
    validateExceptions();
    validateAgents();
    validateAddresses();
    requireOneOf(LONG_RUNNING, spec.longRunning(), "spec.longRunning");
    if (spec.key() != null) {
      validate(spec.key());
    }
    requireOneOf(UNITS, spec.unit(), "spec.unit");
    requireOneOf(SCOPES, spec.scope(), "spec.scope");
    if (isBefore()) {
      validateWhatIsKnownBefore();
    }
  }

  private boolean isBefore() {
    return spec.stage().equals(RateLimit.BEFORE_AUTHENTICATION);
  }

  private void validateRules() {
    if (spec.rules().isEmpty()) {
      errors.required("spec.rules", "must contain at least one rule");
    }
    limit(spec.rules(), MOST_RULES, "spec.rules");
    RuleValidation rules = new RuleValidation(errors);
    for (int i = 0; i < spec.rules().size(); i++) {
      Rule rule = spec.rules().get(i);
      String field = "spec.rules[" + i + "]";
      if (isBefore() && !rule.subjects().isEmpty()) {
        errors.forbidden(
            field + ".subjects",
            "who asks is not known before authentication: subjects must be absent");
      } else if (!isBefore() && rule.subjects().isEmpty()) {
        errors.required(field + ".subjects", "subjects must be set: whom the limit concerns");
      }
      rules.validate(rule, field);
    }
  }

  private void validateExceptions() {
    limit(spec.exceptSubjects(), MOST_LISTED, "spec.exceptSubjects");
    new RuleValidation(errors).validate(spec.exceptSubjects(), "spec.exceptSubjects");
  }

  private void validateAgents() {
    limit(spec.userAgents(), MOST_LISTED, "spec.userAgents");
    for (int i = 0; i < spec.userAgents().size(); i++) {
      String agent = spec.userAgents().get(i);
      if (agent.length() > LONGEST_AGENT || !AGENT.matcher(agent).matches()) {
        errors.invalid(
            "spec.userAgents[" + i + "]", agent, "must be 1 to 256 printable ASCII characters");
      }
    }
  }

  private void validateAddresses() {
    limit(spec.sourceAddresses(), MOST_LISTED, "spec.sourceAddresses");
    for (int i = 0; i < spec.sourceAddresses().size(); i++) {
      String block = spec.sourceAddresses().get(i);
      if (!BLOCK.matcher(block).matches() || AddressBlock.parse(block).isEmpty()) {
        errors.invalid(
            "spec.sourceAddresses[" + i + "]",
            block,
            "must be a network such as 10.0.0.0/8 or 2001:db8::/32");
      }
    }
  }

  private void validate(RateLimit.Key key) {
    limit(key.by(), MOST_PARTS, "spec.key.by");
    for (int i = 0; i < key.by().size(); i++) {
      requireOneOf(PARTS, key.by().get(i), "spec.key.by[" + i + "]");
    }
    if (Set.copyOf(key.by()).size() < key.by().size()) {
      errors.invalid("spec.key.by", String.join(",", key.by()), "must be different ones");
    }
    if (key.by().contains(RateLimit.GROUP) == key.groupPrefix().isEmpty()) {
      errors.invalid(
          "spec.key.groupPrefix",
          key.groupPrefix(),
          "must be set if and only if by has Group, such as team:");
    }
    int length = key.groupPrefix().codePointCount(0, key.groupPrefix().length());
    if (length > LONGEST_PREFIX) {
      errors.tooLong("spec.key.groupPrefix", "must be at most " + LONGEST_PREFIX + " characters");
    }
    if (key.max() < 1 || key.max() > MOST_KEYS) {
      errors.invalid("spec.key.max", key.max(), "must be from 1 to " + MOST_KEYS);
    }
  }

  /** Nobody has been asked yet who it is, and nothing has been taken that could be given back. */
  private void validateWhatIsKnownBefore() {
    if (!spec.exceptSubjects().isEmpty()) {
      errors.forbidden(
          "spec.exceptSubjects", "who asks is not known before authentication: must be absent");
    }
    if (!spec.unit().equals(RateLimit.REQUESTS)) {
      errors.invalid(
          "spec.unit",
          spec.unit(),
          "what a request weighs is not known before authentication: must be Requests");
    }
    if (spec.type().equals(RateLimit.IN_FLIGHT)) {
      errors.invalid(
          "spec.type",
          spec.type(),
          "what is in flight is not known before authentication: must be TokenBucket or"
              + " LeakyBucket");
    }
    RateLimit.Key key = spec.key();
    if (key != null && !KNOWN_BEFORE.containsAll(key.by())) {
      errors.invalid(
          "spec.key.by",
          String.join(",", key.by()),
          "who asks is not known before authentication: must be UserAgent or SourceAddress");
    }
  }

  private void requireOneOf(List<String> known, String value, String field) {
    if (!known.contains(value)) {
      errors.notSupported(field, value, String.join(", ", known));
    }
  }

  private void limit(Collection<?> list, int most, String field) {
    if (list.size() > most) {
      errors.tooLong(field, "has " + list.size() + " elements, must have at most " + most);
    }
  }
}
