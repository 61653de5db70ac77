package io.apfproxy.replay.figures;

/**
 * What became of a schema or of a flow.
 *
 * @param flow its distinguisher; empty for a whole schema, and for a schema that is one flow
 */
public record FlowRow(String level, String schema, String flow, Counts counts) {}
