/** JSON as text. Open {@link io.apfproxy.json.JsonText} first. */
@NullMarked
package io.apfproxy.json;

import org.jspecify.annotations.NullMarked;
