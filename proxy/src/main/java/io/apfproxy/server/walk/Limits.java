package io.apfproxy.server.walk;

import io.apfproxy.limit.RateLimits;
import io.apfproxy.report.Reporter;
import io.apfproxy.server.listen.AcceptGuard;
import io.apfproxy.server.listen.ArrivedBytes;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.ClientEngines;
import io.apfproxy.server.listen.FileDescriptors;
import io.apfproxy.server.listen.OpenConnections;
import io.apfproxy.server.listen.PartialHeads;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.server.listen.Scarcity;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.time.TimeSource;
import io.apfproxy.upstream.exchange.Backlogs;
import io.apfproxy.upstream.exchange.ResponsePool;
import io.apfproxy.upstream.exchange.UnreadBytes;
import io.apfproxy.upstream.members.Outage;
import java.util.List;
import java.util.stream.Stream;

/** What all event loops of one listener hold their clients to, together. Thread-safe. */
public final class Limits {
  private final OpenConnections connections;
  private final PartialHeads heads;
  private final ArrivedBytes arrived;
  private final UnreadBytes unread;
  private final ResponsePool responses;
  private final RequestLimits requests;
  private final AcceptGuard guard;
  private final ClientEngines engines;
  private final Gates gates;
  private volatile boolean draining;

  /**
   * @param reporter told of connections that are not accepted, on any thread
   */
  public Limits(
      ServerConfig config, RateLimits rates, Outage outage, Reporter reporter, TimeSource time) {
    this.connections =
        new OpenConnections(
            config.connections(),
            config.clientele().few()
                ? FileDescriptors.unlimited(time)
                : FileDescriptors.ofProcess(time),
            time);
    this.heads = new PartialHeads(config.requests().partialHeadBytes(), reporter);
    this.arrived = new ArrivedBytes(config.eventLoops());
    this.requests = config.requests();
    this.unread = new UnreadBytes(requests.unreadBytes(), Scarcity.from(requests.unreadBytes()));
    this.responses =
        new ResponsePool(
            requests.responseBuffer(),
            requests.responseBufferBytes(),
            Scarcity.from(requests.responseBufferBytes()));
    this.guard = new AcceptGuard(connections, heads, reporter);
    this.engines = new ClientEngines(config.tlsEngine(), time);
    this.gates = new Gates(requests, rates, outage, time);
  }

  /** Stands before the socket that they share. */
  public AcceptGuard guard() {
    return guard;
  }

  /** Choose what makes a connection. */
  public ClientEngines engines() {
    return engines;
  }

  /** Of requests that have come and not begun. */
  ArrivedBytes arrived() {
    return arrived;
  }

  /** What requests pass. */
  Gates gates() {
    return gates;
  }

  /** All that clients can fill. */
  public List<Bound> bounds() {
    return Stream.of(
            connections.bounds(),
            List.of(heads.bound(), arrived.bound()),
            gates.bounds(),
            List.of(
                new Bound("unread-bytes", unread::taken, requests.unreadBytes(), unread::overflows),
                new Bound(
                    "response-buffer-bytes",
                    responses::taken,
                    requests.responseBufferBytes(),
                    responses::overflows)))
        .flatMap(List::stream)
        .toList();
  }

  /** Bytes of responses that wait for clients which do not read, so that their seats go back. */
  public long responseBytesBuffered() {
    return responses.taken();
  }

  /** Of responses. */
  public Backlogs backlogs() {
    return new Backlogs(unread, responses);
  }

  /** From now on new requests are refused. */
  public void drain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }
}
