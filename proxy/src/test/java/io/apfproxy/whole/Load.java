package io.apfproxy.whole;

import java.util.List;
import java.util.stream.Stream;

/**
 * One kind of load.
 *
 * @param uri what is asked for
 * @param perSecond of an open loop; 0 for a closed one
 * @param inFlight of a closed loop; 0 for an open one
 */
record Load(String name, Protocol protocol, String uri, int perSecond, int inFlight) {
  /** Connections that clients share in HTTP/2. */
  private static final int SHARED = 4;

  /** Most of an open loop over HTTP/1.1; a request that finds none free waits, and is late. */
  private static final int ALONE = 256;

  static Load open(Protocol protocol, int perSecond) {
    return new Load(
        protocol.text() + ", " + perSecond + "/s", protocol, FastUpstream.SMALL, perSecond, 0);
  }

  static Load closed(Protocol protocol, int inFlight) {
    return new Load(
        protocol.text() + ", " + inFlight + " at a time",
        protocol,
        FastUpstream.SMALL,
        0,
        inFlight);
  }

  static Load lists(Protocol protocol, int inFlight) {
    return new Load(
        protocol.text() + ", lists, " + inFlight + " at a time",
        protocol,
        FastUpstream.LIST,
        0,
        inFlight);
  }

  /** Those that measure a warm front, in their order. */
  static List<Load> warm(Settings settings) {
    return Stream.of(Protocol.values())
        .flatMap(
            protocol ->
                Stream.of(
                    closed(protocol, settings.inFlight()),
                    open(protocol, settings.low()),
                    open(protocol, settings.high()),
                    lists(protocol, settings.lists())))
        .toList();
  }

  /** Most connections it opens. */
  int connections() {
    if (protocol == Protocol.H2) {
      return SHARED;
    }
    return inFlight > 0 ? inFlight : ALONE;
  }

  /** A loop of it that sends nothing yet. */
  Loop loop(Clients clients) {
    return inFlight > 0
        ? new ClosedLoop(clients, uri, inFlight)
        : new OpenLoop(clients, uri, perSecond);
  }
}
