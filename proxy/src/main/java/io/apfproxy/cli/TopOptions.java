package io.apfproxy.cli;

import io.apfproxy.report.talkers.NowQuestion;
import io.apfproxy.report.talkers.TopQuestion;
import org.jspecify.annotations.Nullable;

/**
 * What {@code top} is asked for.
 *
 * @param question what of a window; not looked at if this moment is asked for
 * @param now what of this moment, in the place of a window; null if a window is asked for
 * @param once one table, also on a terminal
 * @param json in place of a table
 */
public record TopOptions(
    AdminAccess admin,
    TopQuestion question,
    @Nullable NowQuestion now,
    boolean once,
    boolean json) {}
