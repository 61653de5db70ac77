/**
 * What a request asks, who asks it, and the refusal it may get: the one parser of request targets
 * and queries. Imports {@code java.*} and nothing of ours but nullness. Open {@link
 * io.apfproxy.request.RequestInfoParser} first.
 */
@NullMarked
package io.apfproxy.request;

import org.jspecify.annotations.NullMarked;
