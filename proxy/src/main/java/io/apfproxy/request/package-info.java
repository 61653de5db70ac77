/**
 * What a request asks, who asks it, and the refusal it may get. Imports {@code java.*} and nothing
 * of ours but nullness. Open {@link io.apfproxy.request.RequestInfo} first.
 */
package io.apfproxy.request;
