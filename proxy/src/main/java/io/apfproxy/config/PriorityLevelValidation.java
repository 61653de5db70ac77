package io.apfproxy.config;

import static io.apfproxy.config.PriorityLevelConfiguration.EXEMPT;
import static io.apfproxy.config.PriorityLevelConfiguration.LIMITED;
import static io.apfproxy.config.PriorityLevelConfiguration.QUEUE;
import static io.apfproxy.config.PriorityLevelConfiguration.REJECT;

import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.config.PriorityLevelConfiguration.Spec;
import io.apfproxy.queueset.BurstTerms;
import io.apfproxy.queueset.Dealer;
import org.jspecify.annotations.Nullable;

/** Rules P1 to P16 of specification apf-config.md 1.5; of bursts, limits.md L-60. */
final class PriorityLevelValidation {
  private static final int MAX_QUEUES = 10_000_000;
  private static final String PRESERVE_ZERO_SHARES =
      "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";
  private static final String NOT_NEGATIVE = "must be a non-negative integer";

  private final FieldErrors errors;

  private PriorityLevelValidation(FieldErrors errors) {
    this.errors = errors;
  }

  static void validate(PriorityLevelConfiguration level, FieldErrors errors) {
    new PriorityLevelValidation(errors).validate(level);
  }

  private void validate(PriorityLevelConfiguration level) {
    if (level.metadata().annotations().containsKey(PRESERVE_ZERO_SHARES)) {
      errors.forbidden(
          "metadata.annotations", "annotation " + PRESERVE_ZERO_SHARES + " is of v1beta3 only");
    }
    Spec spec = level.spec();
    boolean named = level.name().equals(Bootstrap.EXEMPT);
    if (named != spec.type().equals(EXEMPT)) {
      errors.invalid("spec.type", spec.type(), "must be Exempt if and only if the name is exempt");
    }
    switch (spec.type()) {
      case EXEMPT -> validateExempt(spec);
      case LIMITED -> validateLimited(spec);
      case "" -> errors.required("spec.type", "must be set");
      default -> errors.notSupported("spec.type", spec.type(), "Exempt, Limited");
    }
    validateMandatory(level.name(), spec);
  }

  private void validateMandatory(String name, Spec spec) {
    boolean changed =
        switch (name) {
          // shares and lendable percentage of the exempt level are free
          case Bootstrap.EXEMPT ->
              !new Spec(spec.type(), spec.limited(), Bootstrap.exemptLevel().spec().exempt())
                  .equals(Bootstrap.exemptLevel().spec());
          case Bootstrap.CATCH_ALL -> !spec.equals(Bootstrap.catchAllLevel().spec());
          default -> false;
        };
    if (changed) {
      errors.invalidSpec(name);
    }
  }

  private void validateExempt(Spec spec) {
    if (spec.limited() != null) {
      errors.forbidden("spec.limited", "must be absent if type is Exempt");
    }
    Exempt exempt = spec.exempt();
    if (exempt != null) {
      validateShares(exempt.nominalShares(), "spec.exempt.nominalConcurrencyShares");
      validateLendable(exempt.lendablePercent(), "spec.exempt.lendablePercent");
    }
  }

  private void validateLimited(Spec spec) {
    if (spec.exempt() != null) {
      errors.forbidden("spec.exempt", "must be absent if type is Limited");
    }
    Limited limited = spec.limited();
    if (limited == null) {
      errors.required("spec.limited", "must be set if type is Limited");
      return;
    }
    validateShares(limited.nominalShares(), "spec.limited.nominalConcurrencyShares");
    validate(limited.limitResponse(), "spec.limited.limitResponse");
    validateLendable(limited.lendablePercent(), "spec.limited.lendablePercent");
    Integer borrowing = limited.borrowingLimitPercent();
    if (borrowing != null && borrowing < 0) {
      errors.invalid("spec.limited.borrowingLimitPercent", borrowing, NOT_NEGATIVE);
    }
    Burst burst = limited.burst();
    if (burst != null) {
      validateWithin(BurstTerms.MOST_SEATS, burst.seats(), "spec.limited.burst.seats");
      validateWithin(BurstTerms.MOST_SECONDS, burst.seconds(), "spec.limited.burst.seconds");
    }
  }

  private void validateWithin(int most, int value, String field) {
    if (value < 1 || value > most) {
      errors.invalid(field, value, "must be from 1 to " + most);
    }
  }

  private void validateShares(@Nullable Integer shares, String field) {
    if (shares != null && shares < 0) {
      errors.invalid(field, shares, NOT_NEGATIVE);
    }
  }

  private void validateLendable(@Nullable Integer percent, String field) {
    if (percent != null && (percent < 0 || percent > 100)) {
      errors.invalid(field, percent, "must be from 0 to 100");
    }
  }

  private void validate(LimitResponse response, String field) {
    Queuing queuing = response.queuing();
    switch (response.type()) {
      case QUEUE -> {
        if (queuing == null) {
          errors.required(field + ".queuing", "must be set if type is Queue");
        } else {
          validate(queuing, field + ".queuing");
        }
      }
      case REJECT -> {
        if (queuing != null) {
          errors.forbidden(field + ".queuing", "must be absent if type is Reject");
        }
      }
      case "" -> errors.required(field + ".type", "must be set");
      default -> errors.notSupported(field + ".type", response.type(), "Queue, Reject");
    }
  }

  private void validate(Queuing queuing, String field) {
    int queues = queuing.queues();
    int handSize = queuing.handSize();
    if (queuing.queueLengthLimit() <= 0) {
      errors.invalid(
          field + ".queueLengthLimit", queuing.queueLengthLimit(), "must be a positive integer");
    }
    if (queues <= 0) {
      errors.invalid(field + ".queues", queues, "must be a positive integer");
    } else if (queues > MAX_QUEUES) {
      errors.invalid(field + ".queues", queues, "must be at most " + MAX_QUEUES);
    }
    if (handSize <= 0) {
      errors.invalid(field + ".handSize", handSize, "must be a positive integer");
    } else if (handSize > queues) {
      errors.invalid(field + ".handSize", handSize, "must be at most queues, " + queues);
    } else if (Dealer.entropyBits(queues, handSize) > Dealer.MAX_ENTROPY_BITS) {
      errors.invalid(
          field + ".handSize",
          handSize,
          "is too large for " + queues + " queues: a hand needs more than 60 bits of hash");
    }
  }
}
