package io.apfproxy.server;

import io.apfproxy.authn.ClientRequest;
import io.apfproxy.authn.RequestHead;
import io.apfproxy.request.RefusedException;

/** Checks the head of a request and reads it into typed fields. Thread-safe. */
@FunctionalInterface
public interface HeadReader {
  RequestHead read(ClientRequest request) throws RefusedException;
}
