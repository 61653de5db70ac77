package io.apfproxy.replay.figures;

/** So many of something. */
public record Amount(String what, long number) {}
