package io.apfproxy.bench;

import io.apfproxy.report.Account;
import io.apfproxy.report.talkers.Talk;

/** What is told of requests when they end. */
final class EndedRequests {
  private EndedRequests() {}

  /** One of each of so many users. */
  static Account[] of(int users) {
    Account[] accounts = new Account[users];
    for (int i = 0; i < users; i++) {
      accounts[i] =
          Talk.of(1, "user-" + i, "GET", "/api/v1/namespaces/shop/pods", "kubectl/v1.37")
              .into("global-default", "global-default", "user-" + i)
              .waited(3)
              .held(0.2)
              .moved(100, 4_000)
              .ended(9_000_000);
    }
    return accounts;
  }
}
