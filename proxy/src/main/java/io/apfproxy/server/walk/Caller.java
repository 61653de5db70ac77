package io.apfproxy.server.walk;

import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.ClientConnection;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;

/** Who sent a request, and how it is answered. Belongs to the event loop of the request. */
interface Caller {
  HttpServerRequest request();

  ClientConnection connection();

  /** Answers in place of the upstream. */
  void refuse(RefusedException refusal, Account account);

  /** Answers a preflight of a web page. */
  void preflight(Account account);

  /** Says where the request of a forwarded response was put. */
  void addFlow(MultiMap headers, Account account);

  /**
   * Something was thrown: answers if that is still possible, else cuts the response off.
   *
   * @param tunnel whether the connection may be a tunnel by now
   */
  void defect(Throwable thrown, boolean tunnel, Account account);

  /** Closes the connection. */
  void cut();

  /** Whether the response has ended, or nobody is there any more to read it. */
  boolean isAnswered();
}
