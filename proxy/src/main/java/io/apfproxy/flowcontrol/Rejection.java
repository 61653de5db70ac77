package io.apfproxy.flowcontrol;

/**
 * Why a request was refused.
 *
 * @param retryAfterSeconds 1 to 32, for the {@code Retry-After} header
 */
public record Rejection(RejectReason reason, int retryAfterSeconds) {}
