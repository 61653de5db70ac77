package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Outage;

/**
 * The first gate: while nobody is there upstream for longer than requests may wait for it, nothing
 * is taken in. Source: specification limits.md L-92.
 */
final class UpstreamDown implements Gate {
  private final Outage outage;

  UpstreamDown(Outage outage) {
    this.outage = outage;
  }

  @Override
  public boolean concerns(Asked asked) {
    return outage.isRefusing();
  }

  @Override
  public long enter(Asked asked, long now) throws RefusedException {
    throw new RefusedException(
            503, "ServiceUnavailable", "upstream-down", "no upstream answers, and none did lately")
        .retryAfter(outage.retryAfterSeconds());
  }

  @Override
  public void leave(Asked asked) {
    // nobody has entered
  }
}
