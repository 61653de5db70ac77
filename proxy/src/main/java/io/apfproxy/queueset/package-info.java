/**
 * Fair queuing of one priority level: single-threaded, with the time as an argument; whoever calls
 * holds that level's lock. Imports {@code java.*} only. Open {@link io.apfproxy.queueset.QueueSet}
 * first.
 */
@NullMarked
package io.apfproxy.queueset;

import org.jspecify.annotations.NullMarked;
