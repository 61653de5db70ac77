package io.apfproxy.server;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.report.Tracer;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.CrossOrigin;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.server.walk.HeadReader;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Vertx;
import java.time.Duration;

/** What a {@link TestProxy} has that is not as usual: no limits, and an upstream that is there. */
final class TestProxySetup {
  final Vertx vertx;
  final UpstreamConfig upstream;
  Duration requestTimeout = Duration.ofSeconds(60);
  HeadReader heads = TestProxy::read;
  double goAwayChance;
  int eventLoops = 1;
  ConnectionLimits connections = ConnectionLimits.NONE;
  RequestLimits requests = RequestLimits.NONE;
  CrossOrigin crossOrigin = CrossOrigin.NONE;
  Outage outage = Outage.never();
  Tracer tracer = Tracer.NONE;

  TestProxySetup(Vertx vertx, UpstreamConfig upstream) {
    this.vertx = vertx;
    this.upstream = upstream;
  }

  TestProxySetup requestTimeout(Duration longest) {
    requestTimeout = longest;
    return this;
  }

  TestProxySetup heads(HeadReader reader) {
    heads = reader;
    return this;
  }

  /** Heads are read as in the product, not just enough for an honest client. */
  TestProxySetup allRulesOfHeads() {
    return heads(new RequestHeadReader(() -> ClientTrust.NONE, peer -> false)::read);
  }

  TestProxySetup goAwayChance(double chance) {
    goAwayChance = chance;
    return this;
  }

  TestProxySetup eventLoops(int number) {
    eventLoops = number;
    return this;
  }

  /** If there are any, the {@code Vertx} needs a guarded transport. */
  TestProxySetup connections(ConnectionLimits limits) {
    connections = limits;
    return this;
  }

  TestProxySetup requests(RequestLimits limits) {
    requests = limits;
    return this;
  }

  TestProxySetup crossOrigin(CrossOrigin pages) {
    crossOrigin = pages;
    return this;
  }

  /** The upstream may be away. */
  TestProxySetup outage(Outage told) {
    outage = told;
    return this;
  }

  /** Requests are traced. */
  TestProxySetup tracer(Tracer ofRequests) {
    tracer = ofRequests;
    return this;
  }

  TestProxy start() {
    return new TestProxy(this);
  }
}
