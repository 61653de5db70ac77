/**
 * Traffic that nobody sent: clients as a file of YAML describes them, in virtual time. Open {@code
 * Scenario} first, then {@code ScenarioReader} for what may stand in the file and {@code Stream}
 * for what it means.
 */
@NullMarked
package io.apfproxy.replay.scenario;

import org.jspecify.annotations.NullMarked;
