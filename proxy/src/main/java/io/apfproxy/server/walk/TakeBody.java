package io.apfproxy.server.walk;

import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.exchange.BodyBeginning;
import io.apfproxy.upstream.exchange.UpstreamFault;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/**
 * Has the body of a request begin before it asks for seats. What needs none is not held up, as its
 * body may be a conversation, nor is what waits to be told that its body is wanted. Source:
 * specification security.md S29, S51.
 */
final class TakeBody implements Station {
  private final Vertx vertx;
  private final WaitingGates waiting;

  /**
   * @param waiting what those pass whose bodies are not there yet
   */
  TakeBody(Vertx vertx, WaitingGates waiting) {
    this.vertx = vertx;
    this.waiting = waiting;
  }

  @Override
  public Wait at(Call call) {
    HttpServerRequest client = call.caller().request();
    if (call.isUpgrade()
        || LongRunning.bypasses(call.asked().info())
        || call.head().expectContinue()
        || RequestSize.BODYLESS.contains(client.method())
        || RequestSize.bodyBytes(client) == 0) {
      return Wait.NONE;
    }
    BodyBeginning body = new BodyBeginning(vertx, client);
    call.bodyBegins(body);
    Coming wait = new Coming(call, body);
    body.read(wait::come, wait::tooSlow);
    return wait;
  }

  private final class Coming extends Wait {
    private final Call call;
    private final BodyBeginning body;
    private final long begun = System.nanoTime();

    Coming(Call call, BodyBeginning body) {
      this.call = call;
      this.body = body;
    }

    @Override
    void begin() {
      hold(body::stop);
      try {
        waiting.pass(call, this);
      } catch (RefusedException full) { // there may be seats that need not be waited for
        body.stop();
        goOn();
        return;
      }
      if (!call.asked().isLongRunning()) {
        call.limit(this, call.asked().allowanceNanos() - (begun - call.account().arrived()));
      }
    }

    private void come() {
      call.waitedBeforehand(System.nanoTime() - begun);
      goOn();
    }

    private void tooSlow() {
      refuse(UpstreamFault.slowBody());
    }

    /** The client left. */
    @Override
    void cancel() {
      body.stop();
      goOn();
    }

    @Override
    void expire() {
      body.stop();
      tooSlow();
    }
  }
}
