/**
 * Which schema and level a request belongs to, and which flow. Imports {@code java.*}, config,
 * request and nullness. Open {@link io.apfproxy.classify.Classifier} first.
 */
package io.apfproxy.classify;
