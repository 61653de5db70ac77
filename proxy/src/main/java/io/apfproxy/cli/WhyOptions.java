package io.apfproxy.cli;

import io.apfproxy.report.refusals.RefusalQuestion;

/**
 * What {@code why} is asked for.
 *
 * @param question names a request by its audit id, or a user
 */
public record WhyOptions(AdminAccess admin, RefusalQuestion question) {}
