package io.apfproxy.server.walk;

import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.request.RefusedException;

/** Checks the head of a request and reads it into typed fields. Thread-safe. */
@FunctionalInterface
public interface HeadReader {
  RequestHead read(ClientRequest request) throws RefusedException;
}
