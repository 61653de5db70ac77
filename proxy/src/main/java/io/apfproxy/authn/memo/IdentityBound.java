package io.apfproxy.authn.memo;

import java.util.function.LongSupplier;

/**
 * Something of the work on identities that clients can fill, for those who watch it. Thread-safe.
 *
 * @param rule fixed name
 * @param used how much of it is taken
 * @param overflows how often somebody was refused for want of it
 */
public record IdentityBound(String rule, LongSupplier used, long limit, LongSupplier overflows) {}
