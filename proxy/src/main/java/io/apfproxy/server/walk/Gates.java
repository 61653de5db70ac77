package io.apfproxy.server.walk;

import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.gate.GateChain;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.request.LongRunning;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.LongRequestLimits;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.time.TimeSource;
import io.apfproxy.upstream.members.Outage;
import java.util.List;
import java.util.stream.Stream;

/** All gates that requests pass, in order. Thread-safe. Source: specification limits.md L-03. */
final class Gates {
  private final PlacesPerUser tunnels;

  /** Of requests that flow control lets pass as they last, tunnels among them. */
  private final PlacesPerUser longRequests;

  /** From their arrival, also while they wait for seats. */
  private final PlacesPerUser watches;

  private final WatchStarts watchStarts;
  private final WatchTurns watchTurns;
  private final LastingHeads lastingHeads;
  private final WaitingBytes waitingBytes;
  private final RateLimits rates;
  private final UpstreamDown upstreamDown;
  private final TimeSource time;

  Gates(RequestLimits limits, RateLimits rates, Outage outage, TimeSource time) {
    this.rates = rates;
    this.upstreamDown = new UpstreamDown(outage);
    this.time = time;
    LongRequestLimits longOnes = limits.longOnes();
    this.tunnels =
        new PlacesPerUser(
            "tunnels", longOnes.tunnels(), longOnes.tunnelsOfUser(), Asked::isUpgrade);
    this.longRequests =
        new PlacesPerUser(
            "long-requests",
            longOnes.all(),
            longOnes.allOfUser(),
            asked -> LongRunning.bypasses(asked.info()));
    this.watches =
        new PlacesPerUser(
            "watches", limits.watches(), limits.watchesOfUser(), asked -> asked.info().isWatch());
    this.lastingHeads = new LastingHeads(longOnes.headBytes());
    this.waitingBytes = new WaitingBytes(limits);
    this.watchTurns = new WatchTurns(waitingBytes.ofUsers(), time);
    this.watchStarts = new WatchStarts(limits, watchTurns::waitingForSeats, time);
  }

  /** Before it is known who asks. */
  PassGates beforeIdentity() {
    return new PassGates(
        strangers(),
        new WaitingGates(
            new GateChain(List.of(rates.waitingRoom(Asked::address), waitingBytes.ofAddresses())),
            time),
        time);
  }

  /** When it is known who asks. */
  PassGates afterIdentity() {
    return new PassGates(
        users(),
        new WaitingGates(
            new GateChain(
                List.of(
                    rates.waitingRoom(asked -> asked.digest().user().name()),
                    waitingBytes.ofUsers())),
            time),
        time);
  }

  /** In the order in which they are passed, by those of whom is not known yet who they are. */
  GateChain strangers() {
    return new GateChain(List.of(upstreamDown, rates.beforeAuthentication()));
  }

  /** The same, by those of whom it is. */
  GateChain users() {
    return new GateChain(
        List.of(
            rates.paces(),
            rates.places(),
            longRequests,
            watches,
            watchStarts,
            tunnels,
            lastingHeads));
  }

  /** Before seats are asked for. */
  Station watchTurns() {
    return watchTurns;
  }

  /** Of those that have to wait before it is known who asks. */
  WaitingGates waitingForIdentity() {
    return new WaitingGates(new GateChain(List.of(waitingBytes.ofAddresses())), time);
  }

  /** Of those whose bodies have to come. */
  WaitingGates waitingForBodies() {
    return new WaitingGates(new GateChain(List.of(waitingBytes.ofUsers())), time);
  }

  /** Of those that have to wait when it is known who asks. */
  WaitingGates waitingForSeats() {
    return new WaitingGates(
        new GateChain(List.of(waitingBytes.ofUsers(), watchTurns.queued())), time);
  }

  /** For those who watch. */
  List<Bound> bounds() {
    return Stream.of(
            tunnels.bounds(),
            longRequests.bounds(),
            watches.bounds(),
            watchStarts.bounds(),
            waitingBytes.bounds(),
            List.of(
                lastingHeads.bound(),
                watchTurns.bound(watches.most()),
                new Bound(
                    "rate-limit-waiting",
                    rates::waiting,
                    RateLimits.MOST_WAITING,
                    rates::waitingOverflows),
                new Bound(
                    "rate-limit-keys", rates::keys, RateLimit.MOST_KEYS, rates::keyOverflows)))
        .flatMap(List::stream)
        .toList();
  }
}
