/**
 * What is asked there about clients: tokens and rights. Open {@link
 * io.apfproxy.kube.review.KubeReviews} first.
 */
@NullMarked
package io.apfproxy.kube.review;

import org.jspecify.annotations.NullMarked;
