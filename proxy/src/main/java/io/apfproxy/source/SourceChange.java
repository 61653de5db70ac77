package io.apfproxy.source;

import java.time.Instant;

/**
 * The last time that a source held other objects than before; the first reading is one.
 *
 * @param time when it was planned with
 * @param added objects that had not been there
 * @param altered objects with another effect, another UID or other errors
 * @param removed objects that are there no longer
 */
public record SourceChange(Instant time, int added, int altered, int removed) {}
