package io.apfproxy.server.listen;

/**
 * What the proxy's own answers look like, and what it adds to others.
 *
 * @param exposeNames whether responses name their schema, level and rate limit
 * @param plainRefusals whether a level refuses in kube-apiserver's words only
 * @param crossOrigin which web pages may read our own answers
 */
public record OwnAnswers(boolean exposeNames, boolean plainRefusals, CrossOrigin crossOrigin) {}
