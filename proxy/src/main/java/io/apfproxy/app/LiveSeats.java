package io.apfproxy.app;

import io.apfproxy.command.Explanation;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.queueset.BurstDenial;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.request.RequestDigest;
import java.util.Locale;
import java.util.OptionalLong;

/** What a running proxy knows of seats and rate limits, now. */
final class LiveSeats implements Explanation.Seats {
  private static final double SECOND = 1e9;

  private final ApfFlowControl flowControl;
  private final RateLimits rateLimits;

  LiveSeats(ApfFlowControl flowControl, RateLimits rateLimits) {
    this.flowControl = flowControl;
    this.rateLimits = rateLimits;
  }

  @Override
  public OptionalLong left(RateLimit limit, RequestDigest digest) {
    return rateLimits.left(limit.name(), digest);
  }

  @Override
  public Enforcement enforcement(RateLimit limit) {
    return rateLimits.enforcement(limit);
  }

  @Override
  public String width(PriorityLevelConfiguration level, RequestDigest digest) {
    return Explanation.count(flowControl.estimate(digest).maxSeats(), "seat")
        + " by what is known of the objects now";
  }

  @Override
  public int width(RequestDigest digest) {
    return flowControl.width(digest);
  }

  @Override
  public String limit(PriorityLevelConfiguration level) {
    for (LevelSnapshot snapshot : flowControl.snapshot()) {
      if (snapshot.name().equals(level.name())) {
        return Explanation.count(snapshot.currentLimit(), "seat")
            + " now, "
            + snapshot.nominalLimit()
            + " nominal, "
            + snapshot.minLimit()
            + " to "
            + snapshot.maxLimit()
            + " by lending and borrowing; "
            + Explanation.count(snapshot.executing(), "request")
            + " executing, "
            + snapshot.waiting()
            + " waiting";
      }
    }
    return "the level has just gone";
  }

  @Override
  public String burst(PriorityLevelConfiguration level) {
    BurstState state = flowControl.bursts().get(level.name());
    if (state == null) {
      return "none: the proxy has no --burst-seats";
    }
    BurstDenial why = state.denial();
    return String.format(
        Locale.ROOT,
        "%s beyond its limit now, %.1f of at most %.1f seat-seconds saved; %s",
        Explanation.count(state.seatsInUse(), "seat"),
        state.creditSeatNanos() / SECOND,
        state.mostSeatNanos() / SECOND,
        why == null ? "another one could be had" : "no more: " + reason(why));
  }

  private static String reason(BurstDenial why) {
    return switch (why) {
      case UPSTREAM -> "upstream is not idle, or nothing is known of it";
      case CREDIT -> "too little is saved";
      case SEATS -> "they are as many as its object says";
      case POOL -> "all of --burst-seats are in use";
    };
  }
}
