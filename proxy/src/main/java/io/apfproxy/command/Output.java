package io.apfproxy.command;

/**
 * What a command has to say.
 *
 * @param text for standard output
 * @param exitCode 0, or 1 where something is wrong
 */
public record Output(String text, int exitCode) {}
