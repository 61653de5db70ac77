/**
 * The head of a request, read into typed fields and rid of all that claims what it may not. Open
 * {@link io.apfproxy.authn.head.RequestHeadReader} first.
 */
@NullMarked
package io.apfproxy.authn.head;

import org.jspecify.annotations.NullMarked;
