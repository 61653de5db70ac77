package io.apfproxy.authn.head;

import io.apfproxy.request.HeaderLines;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request head after all header rules but the last: typed fields for what decides, and the lines
 * that may be copied upstream. Source: specification security.md 3.1, steps 1 to 7.
 *
 * @param trust by whose header names it was read; it is judged and told by the same
 * @param client the request it was read from; only its certificates, method and peer are looked at
 *     later
 * @param origin where it began by the word of proxies that are believed; null if none of them says
 *     so
 * @param survivors lines to copy: name, value bytes, order, repetition; no hop-by-hop, no protected
 *     header, no {@code Host}. The one {@code Content-Length} is kept, checked to be a number
 * @param upgrade protocol asked for ({@code websocket}, {@code SPDY/3.1}) as sent by the client, to
 *     be compared without regard to case; empty if none
 * @param expectContinue whether the client waits for {@code 100 Continue}
 */
public record RequestHead(
    ClientTrust trust,
    ClientRequest client,
    @Nullable InetAddress origin,
    HeaderLines survivors,
    String upgrade,
    boolean expectContinue,
    Credentials credentials) {}
