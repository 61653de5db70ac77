package io.apfproxy.flowcontrol;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.queueset.FlowTally;

/**
 * Where one schema leads, with all that a request needs there resolved when configuration is
 * applied.
 */
record Route(
    FlowSchema schema,
    LevelEntry level,
    FlowTally tally,
    FlowMetrics.FlowMeter meter,
    ShadowFlow shadow) {}
