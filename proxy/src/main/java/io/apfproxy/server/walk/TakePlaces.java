package io.apfproxy.server.walk;

import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import java.util.Set;

/**
 * Third station: places for what lasts. A watch needs one of its user, a tunnel one of its user,
 * and so does every long-running request that flow control lets pass.
 */
final class TakePlaces implements Station {
  private final SharedState shared;
  private final Set<Call> watches;

  /**
   * @param watches those under way on this event loop
   */
  TakePlaces(SharedState shared, Set<Call> watches) {
    this.shared = shared;
    this.watches = watches;
  }

  @Override
  public Wait at(Call call) throws RefusedException {
    String user = call.digest().user().name();
    Understood asked = call.asked();
    if (LongRunning.bypasses(asked.info())) {
      call.hold(shared.longRequests().take(user, call::giveWay));
    } else if (asked.info().isWatch()) {
      watches.add(call);
      call.hold(() -> watches.remove(call));
      call.hold(shared.watches().enter(user, call::giveWay));
    }
    if (!asked.upgrade().isEmpty()) {
      call.hold(shared.tunnels().take(user, call::giveWay));
    }
    return Wait.NONE;
  }
}
