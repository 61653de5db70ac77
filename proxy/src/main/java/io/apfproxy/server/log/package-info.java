/** What is written of requests. Open {@link io.apfproxy.server.log.RefusalLog} first. */
@NullMarked
package io.apfproxy.server.log;

import org.jspecify.annotations.NullMarked;
