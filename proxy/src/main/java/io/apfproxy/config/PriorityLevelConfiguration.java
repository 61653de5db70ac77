package io.apfproxy.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One budget of seats with its queues. Immutable; {@code v1} fields, unset strings are empty.
 *
 * @param conditionTypes types of the conditions in its status, in order; validated only
 */
public record PriorityLevelConfiguration(
    ObjectMeta metadata, Spec spec, List<String> conditionTypes) implements ConfigObject {
  public static final String EXEMPT = "Exempt";
  public static final String LIMITED = "Limited";
  public static final String QUEUE = "Queue";
  public static final String REJECT = "Reject";

  public PriorityLevelConfiguration {
    Objects.requireNonNull(metadata);
    Objects.requireNonNull(spec);
    conditionTypes = List.copyOf(conditionTypes);
  }

  @Override
  public Kind<PriorityLevelConfiguration> kind() {
    return Kind.PRIORITY_LEVEL;
  }

  /** Whom it holds to its decisions is said beside the spec, as that is kube-apiserver's. */
  @Override
  public Object effect() {
    String enforcement = metadata.annotations().get(Enforcement.ANNOTATION);
    return enforcement == null ? spec : List.of(spec, enforcement);
  }

  /**
   * The exempt level may leave {@code spec.exempt} out, but then kube-apiserver's consumer ignores
   * it until its producer has put the built-in one back; that end is reached here at once.
   */
  @Override
  public PriorityLevelConfiguration completed() {
    return isExempt() && spec.exempt() == null
        ? new PriorityLevelConfiguration(metadata, Bootstrap.exemptLevel().spec(), conditionTypes)
        : this;
  }

  /** What the level without limits lends is the operator's to say. */
  @Override
  public boolean follows(ConfigObject builtIn) {
    Spec wanted = kind().cast(builtIn).spec();
    if (name().equals(Bootstrap.EXEMPT) && spec.exempt() != null) {
      wanted = new Spec(wanted.type(), wanted.limited(), spec.exempt());
    }
    return spec.equals(wanted);
  }

  /** Whether its requests never wait and are never refused. */
  public boolean isExempt() {
    return spec.type().equals(EXEMPT);
  }

  /** How its requests line up; null if they do not: exempt level, response Reject, or no queue. */
  public @Nullable Queuing queuing() {
    Limited limited = spec.limited();
    Queuing queuing = limited == null ? null : limited.limitResponse().queuing();
    return queuing != null && queuing.queues() > 0 && !isExempt() ? queuing : null;
  }

  /** Queues that its requests line up in; 0 if they do not. */
  int queues() {
    Queuing queuing = queuing();
    return queuing == null ? 0 : queuing.queues();
  }

  /** Its part of the server's seats, relative to the other levels' shares. */
  public int nominalShares() {
    Integer shares = null;
    if (isExempt()) {
      shares = spec.exempt() == null ? null : spec.exempt().nominalShares();
    } else if (spec.limited() != null) {
      shares = spec.limited().nominalShares();
    }
    return shares != null ? shares : isExempt() ? 0 : Defaults.NOMINAL_SHARES;
  }

  /** Percentage of its nominal limit that others may borrow, 0 to 100. */
  public int lendablePercent() {
    Integer percent = null;
    if (isExempt()) {
      percent = spec.exempt() == null ? null : spec.exempt().lendablePercent();
    } else if (spec.limited() != null) {
      percent = spec.limited().lendablePercent();
    }
    return percent == null ? 0 : percent;
  }

  /** Percentage of its nominal limit that it may borrow; null if it may borrow without bound. */
  public @Nullable Integer borrowingLimitPercent() {
    return isExempt() || spec.limited() == null ? null : spec.limited().borrowingLimitPercent();
  }

  /** What it may save and spend beyond its limit; null if nothing. */
  public @Nullable Burst burst() {
    return isExempt() || spec.limited() == null ? null : spec.limited().burst();
  }

  /**
   * @param type {@link #EXEMPT} or {@link #LIMITED}
   * @param limited set exactly for {@link #LIMITED} in a valid object
   * @param exempt set for {@link #EXEMPT} only
   */
  public record Spec(String type, @Nullable Limited limited, @Nullable Exempt exempt) {}

  /**
   * @param nominalShares null before defaulting
   * @param lendablePercent null before defaulting
   * @param borrowingLimitPercent null if there is no limit, also after defaulting
   * @param burst null if it may not; always null in kube-apiserver's own kind
   */
  public record Limited(
      @Nullable Integer nominalShares,
      @Nullable Integer lendablePercent,
      @Nullable Integer borrowingLimitPercent,
      LimitResponse limitResponse,
      @Nullable Burst burst) {

    /** As kube-apiserver has it. */
    public Limited(
        @Nullable Integer nominalShares,
        @Nullable Integer lendablePercent,
        @Nullable Integer borrowingLimitPercent,
        LimitResponse limitResponse) {
      this(nominalShares, lendablePercent, borrowingLimitPercent, limitResponse, null);
    }
  }

  /**
   * What it may save of its own seats and spend beyond its limit. Source: specification limits.md
   * L-60.
   *
   * @param seats beyond its limit, 1 to 10,000
   * @param seconds for which all of them last, 1 to 600
   */
  public record Burst(int seats, int seconds) {}

  /**
   * @param type {@link #QUEUE} or {@link #REJECT}
   * @param queuing set exactly for {@link #QUEUE} in a valid object
   */
  public record LimitResponse(String type, @Nullable Queuing queuing) {}

  /**
   * @param queues queues in the level, 0 before defaulting
   * @param handSize queues one flow may wait in, 0 before defaulting
   * @param queueLengthLimit requests that may wait in one queue, 0 before defaulting
   */
  public record Queuing(int queues, int handSize, int queueLengthLimit) {}

  /**
   * @param nominalShares null before defaulting
   * @param lendablePercent null before defaulting
   */
  public record Exempt(@Nullable Integer nominalShares, @Nullable Integer lendablePercent) {}
}
