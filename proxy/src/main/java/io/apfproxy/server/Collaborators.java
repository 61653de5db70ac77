package io.apfproxy.server;

import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.ResponseLearning;
import io.apfproxy.nullness.Nullable;
import io.apfproxy.upstream.ProxyEvents;
import io.apfproxy.upstream.UpstreamConfig;

/**
 * What the listener asks. All are shared by all event loops and thread-safe.
 *
 * @param learning null where nothing is learned from responses; the seats of a watch then go back
 *     with its response head
 */
public record Collaborators(
    HeadReader heads,
    IdentityResolver identities,
    FlowControl flowControl,
    @Nullable ResponseLearning learning,
    UpstreamConfig upstream,
    ProxyEvents events) {}
