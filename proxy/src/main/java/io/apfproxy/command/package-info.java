/**
 * The commands that run and end: {@code adopt}, {@code check}, {@code diff}, {@code explain},
 * {@code kubeconfig}, {@code replay}, {@code simulate}, {@code suggest}, {@code why}, and {@code
 * top}, which goes on. Open {@link io.apfproxy.command.CheckCommand} first.
 */
@NullMarked
package io.apfproxy.command;

import org.jspecify.annotations.NullMarked;
