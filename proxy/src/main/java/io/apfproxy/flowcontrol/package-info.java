/**
 * The façade of flow control: everything above asks {@link io.apfproxy.flowcontrol.FlowControl} and
 * knows no queue. Either all of API Priority and Fairness stands behind it, or the classic pair of
 * limits. From here down only {@code java.*} is imported. Open {@link
 * io.apfproxy.flowcontrol.ApfFlowControl} first.
 */
@NullMarked
package io.apfproxy.flowcontrol;

import org.jspecify.annotations.NullMarked;
