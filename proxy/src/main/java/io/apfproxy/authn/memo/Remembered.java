package io.apfproxy.authn.memo;

/**
 * A value and how long it is remembered.
 *
 * @param bytes of key and value together, roughly
 * @param ttlNanos 0 or less for not at all
 */
public record Remembered<V>(V value, long bytes, long ttlNanos) {}
