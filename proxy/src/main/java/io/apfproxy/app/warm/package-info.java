/**
 * The world that a warm-up plays before a proxy of its own: clients of every kind and a
 * kube-apiserver that has all answers ready. Knows nothing of the proxy but its TLS engine. {@code
 * app.SecondProxy} puts the proxy between them. Open {@link io.apfproxy.app.warm.Drill} first.
 */
@NullMarked
package io.apfproxy.app.warm;

import org.jspecify.annotations.NullMarked;
