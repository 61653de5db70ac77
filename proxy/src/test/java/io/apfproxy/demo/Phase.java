package io.apfproxy.demo;

import io.apfproxy.fixtures.load.LoadReport;
import java.time.Duration;
import java.util.List;

/**
 * What was seen of one phase, at one instant or at its end.
 *
 * @param passed time since it started
 * @param left time until it ends
 * @param levels empty where the proxy has no flow control
 * @param busy workers of the API server that are busy
 * @param queued requests that wait in the API server
 * @param longestQueue the most that ever waited there
 */
record Phase(
    int number,
    String title,
    Duration passed,
    Duration left,
    LoadReport elephant,
    LoadReport mice,
    List<LevelRow> levels,
    int busy,
    int queued,
    int longestQueue) {}
