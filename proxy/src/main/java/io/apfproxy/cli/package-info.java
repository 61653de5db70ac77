/**
 * What the operator asks for: the table of flags, where their values come from, the options made of
 * them. Imports picocli, Jackson and the storeys below. Open {@link io.apfproxy.cli.Flag} first.
 */
@NullMarked
package io.apfproxy.cli;

import org.jspecify.annotations.NullMarked;
