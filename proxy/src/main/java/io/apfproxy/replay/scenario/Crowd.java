package io.apfproxy.replay.scenario;

import io.apfproxy.replay.VirtualServer;
import io.apfproxy.replay.scenario.Scenario.Ask;
import io.apfproxy.replay.scenario.Scenario.Client;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All clients of a scenario, with what they ask for ready to be asked. Immutable: several servers
 * may be asked at the same time.
 */
public final class Crowd {
  private final Scenario scenario;
  private final List<Member> members = new ArrayList<>();

  private record Member(Ask ask, RequestDigest digest, String agent, int client, int at, int i) {}

  public Crowd(Scenario scenario) {
    this.scenario = scenario;
    for (int client = 0; client < scenario.clients().size(); client++) {
      add(scenario.clients().get(client), client);
    }
  }

  private void add(Client client, int number) {
    boolean sameUser = !ScenarioReader.isNumbered(client.user() + String.join("", client.groups()));
    UserInfo shared = user(client, 0);
    List<RequestDigest> first = new ArrayList<>();
    client.asks().forEach(ask -> first.add(digest(ask, shared, 0)));
    for (int i = 0; i < client.count(); i++) {
      UserInfo user = sameUser ? shared : user(client, i);
      for (int at = 0; at < client.asks().size(); at++) {
        Ask ask = client.asks().get(at);
        RequestDigest known = first.get(at);
        RequestDigest digest =
            ScenarioReader.isNumbered(ask.url())
                ? digest(ask, user, i)
                : sameUser ? known : new RequestDigest(known.info(), user, known.query());
        members.add(
            new Member(ask, digest, ScenarioReader.numbered(client.agent(), i), number, at, i));
      }
    }
  }

  private static UserInfo user(Client client, int i) {
    List<String> groups = new ArrayList<>();
    client.groups().forEach(group -> groups.add(ScenarioReader.numbered(group, i)));
    String name = ScenarioReader.numbered(client.user(), i);
    String known =
        name.equals(UserInfo.ANONYMOUS.name()) ? UserInfo.UNAUTHENTICATED : UserInfo.AUTHENTICATED;
    if (!groups.contains(known)) {
      groups.add(known);
    }
    return new UserInfo(name, "", groups, Map.of());
  }

  private static RequestDigest digest(Ask ask, UserInfo user, int i) {
    try {
      RequestTarget target = RequestTarget.parse(ScenarioReader.numbered(ask.url(), i));
      RequestInfo info = RequestInfoParser.parse(ask.method(), target);
      return new RequestDigest(info, user, target.query());
    } catch (RefusedException e) {
      throw new IllegalArgumentException("not as the reader checked it: " + ask.url(), e);
    }
  }

  /** Lets all of them ask one server, from now until the end of the scenario. */
  public void ask(VirtualServer server) {
    for (Member member : members) {
      Dice dice = new Dice(scenario.seed(), member.client(), member.at(), member.i());
      new Stream(server, member.ask(), member.digest(), member.agent(), dice).start();
    }
    server.runOut(scenario.duration());
  }
}
