/**
 * What passing responses teach: what lists weigh and how many objects there are, and when a watch
 * has sent its initial events. Bytes are looked at as they pass, a bounded piece of work at a time;
 * nothing is kept but a few numbers. May import {@code request}, {@code time} and {@code work}, and
 * libraries: Netty inflates, Caffeine remembers. Open {@link io.apfproxy.learn.ResponseLearning}
 * first.
 */
@NullMarked
package io.apfproxy.learn;

import org.jspecify.annotations.NullMarked;
