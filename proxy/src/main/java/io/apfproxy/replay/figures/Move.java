package io.apfproxy.replay.figures;

/** So many requests match another schema than before. */
public record Move(String before, String after, long requests) {}
