package io.apfproxy.cli;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code replay} is asked for. Null is what nothing was said of.
 *
 * @param objects a saved page of kube-apiserver's metrics
 * @param listCost what makes lists wide; null for what did when they were recorded
 * @param from what came before does not count
 * @param until what came from then on does not count
 * @param memory bytes of the heap for reading and sorting
 * @param temp folder for temporary files; null for the system's
 * @param loopback whether what kube-apiserver asks itself counts
 * @param namesKey key of the hashes that stand in the place of names in a recording
 */
public record ReplayOptions(
    RunOptions run,
    @Nullable Path objects,
    ProxyOptions.@Nullable ListCost listCost,
    @Nullable Instant from,
    @Nullable Instant until,
    long memory,
    @Nullable Path temp,
    boolean loopback,
    @Nullable Path namesKey) {}
