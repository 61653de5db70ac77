package io.apfproxy.server.walk;

import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.learn.ResponseLearning;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.Tracer;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.UpstreamConfig;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;

/**
 * What the listener asks. All are shared by all event loops and thread-safe.
 *
 * @param learning null where nothing is learned from responses; the seats of a watch then go back
 *     with its response head
 * @param upstream where it is, with the certificates to present there now; only those may change
 * @param impersonationToken the bearer token to impersonate with; gives null if there is none
 * @param outage of the upstream
 * @param tracer of the requests that this listener serves
 * @param heaviest who uses each level most, for whoever is refused there
 * @param logs where single requests are told
 */
public record Services(
    HeadReader heads,
    IdentityResolver identities,
    RateLimits rateLimits,
    FlowControl flowControl,
    @Nullable ResponseLearning learning,
    Supplier<UpstreamConfig> upstream,
    Supplier<@Nullable String> impersonationToken,
    Outage outage,
    Reporter reporter,
    Tracer tracer,
    HeaviestFlow heaviest,
    ILoggerFactory logs) {}
