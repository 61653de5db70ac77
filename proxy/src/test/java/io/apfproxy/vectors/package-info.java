/**
 * Loads the golden vectors. The tests that use them are named {@code *VectorTest} and sit beside
 * the code they check. Open {@link io.apfproxy.vectors.VectorFiles} first.
 */
package io.apfproxy.vectors;
