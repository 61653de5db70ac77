/**
 * Who asks. Reads the head of a request into typed fields and finds an identity in kube-apiserver's
 * order. Open {@link io.apfproxy.authn.IdentityResolver} first.
 */
package io.apfproxy.authn;
