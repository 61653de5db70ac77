package io.apfproxy.cli;

import io.apfproxy.report.talkers.TopQuestion;

/**
 * What {@code top} is asked for.
 *
 * @param once one table, also on a terminal
 * @param json in place of a table
 */
public record TopOptions(AdminAccess admin, TopQuestion question, boolean once, boolean json) {}
