/** The one annotation that says what may be null. Imports {@code java.*} only. */
package io.apfproxy.nullness;
