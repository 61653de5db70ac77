package io.apfproxy.cli;

/**
 * What {@code adopt} is asked for.
 *
 * @param json in place of a table
 */
public record AdoptOptions(AdminAccess admin, boolean json) {}
