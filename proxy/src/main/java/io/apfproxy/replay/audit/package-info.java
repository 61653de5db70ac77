/**
 * Traffic that was: kube-apiserver's audit log, read once, put into the order in which requests
 * came, and shown to servers in virtual time. Nothing of it is sent anywhere. Open {@code
 * LogReplay} first.
 */
@NullMarked
package io.apfproxy.replay.audit;

import org.jspecify.annotations.NullMarked;
