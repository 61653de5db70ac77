package io.apfproxy.app;

import io.apfproxy.command.Explanation;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.request.RequestDigest;
import java.util.OptionalLong;

/** What a running proxy knows of seats and rate limits, now. */
final class LiveSeats implements Explanation.Seats {
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
            + snapshot.executing()
            + " requests execute, "
            + snapshot.waiting()
            + " wait";
      }
    }
    return "the level has just gone";
  }
}
