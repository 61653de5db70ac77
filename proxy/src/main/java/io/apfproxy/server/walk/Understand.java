package io.apfproxy.server.walk;

import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.server.listen.ClientConnection;
import io.apfproxy.server.listen.ClientEngines;
import io.apfproxy.server.listen.CrossOrigin;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.Set;

/** First station: what is asked, and in how much time. */
final class Understand implements Station {
  /** What load balancers ask without credentials. */
  private static final Set<String> FOR_ALL = Set.of("/healthz", "/livez", "/readyz", "/version");

  private final HeadReader heads;
  private final RequestTimeout timeout;
  private final CrossOrigin crossOrigin;
  private final ClientEngines engines;

  Understand(
      HeadReader heads, RequestTimeout timeout, CrossOrigin crossOrigin, ClientEngines engines) {
    this.heads = heads;
    this.timeout = timeout;
    this.crossOrigin = crossOrigin;
    this.engines = engines;
  }

  @Override
  public Wait at(Call call) throws RefusedException {
    HttpServerRequest client = call.caller().request();
    ClientConnection connection = call.caller().connection();
    String method = client.method().name();
    refuseMethod(method);
    RequestHead head = heads.read(clientRequest(client, connection));
    RequestTarget target =
        client.version() == HttpVersion.HTTP_2
            ? RequestTarget.parsePath(client.uri())
            : RequestTarget.parse(client.uri());
    RequestInfo info = RequestInfoParser.parse(method, target);
    judgeEngine(connection, head, info);
    if (crossOrigin.isPreflight(client)) {
      call.answerPreflight();
      return Wait.NONE;
    }
    long allowance = timeout.allowanceNanos(info, target.query());
    call.understood(
        head,
        new Understood(
            target,
            info,
            UpgradeRule.protocol(head.upgrade(), method, info),
            allowance,
            timeout.queueWaitNanos(allowance)));
    return Wait.NONE;
  }

  private static void refuseMethod(String method) throws RefusedException {
    if (method.equals("CONNECT") || method.equals("TRACE")) {
      throw new RefusedException(
              405, "MethodNotAllowed", "method", "method " + method + " is not served")
          .closing();
    }
  }

  private static ClientRequest clientRequest(
      HttpServerRequest client, ClientConnection connection) {
    boolean http2 = client.version() == HttpVersion.HTTP_2;
    HostAndPort authority = http2 ? client.authority() : null;
    return new ClientRequest(
        client.method().name(),
        client.headers(),
        http2,
        client.version() == HttpVersion.HTTP_1_0,
        http2 ? (authority == null ? null : authority.toString()) : client.headers().get("Host"),
        connection.certificates(),
        connection.address());
  }

  private void judgeEngine(ClientConnection connection, RequestHead head, RequestInfo info) {
    boolean token =
        head.credentials().authorization() != null
            || !head.credentials().webSocketProtocols().isEmpty();
    boolean forAll = FOR_ALL.contains(info.path());
    connection.engine().firstRequest(token, !token && !forAll, engines);
  }
}
