/** What is asked there about clients: tokens and rights. */
@NullMarked
package io.apfproxy.kube.review;

import org.jspecify.annotations.NullMarked;
