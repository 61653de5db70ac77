/**
 * Who may act as another one, and who may ask the admin listener. Open {@link
 * io.apfproxy.authn.act.Impersonations} first.
 */
@NullMarked
package io.apfproxy.authn.act;

import org.jspecify.annotations.NullMarked;
