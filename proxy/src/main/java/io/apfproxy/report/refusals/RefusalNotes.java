package io.apfproxy.report.refusals;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.LoggedTarget;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.ShownText;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what is refused. Requests belong to one event loop; of connections any thread may
 * tell.
 */
final class RefusalNotes implements Reporter {
  private static final int LONGEST_MESSAGE = 512;
  private static final int LONGEST_REQUEST = 512;
  private static final int LONGEST_KEY = 512;

  private final RefusalBook book;
  private final TimeSource time;
  private final KeyHash kind = new KeyHash();

  RefusalNotes(RefusalBook book, TimeSource time) {
    this.book = book;
    this.time = time;
  }

  @Override
  public Reporter ofLoop() {
    return new RefusalNotes(book, time);
  }

  @Override
  public void answered(Account account) {
    RefusedException refusal = account.refusal();
    if (refusal == null) {
      return;
    }
    note(account, refusal, false, account.found(), account.heaviest());
  }

  @Override
  public void wouldRefuse(
      Account account,
      RefusedException refusal,
      Circumstances level,
      HeaviestFlow.@Nullable Flow most) {
    note(account, refusal, true, level, most);
  }

  private void note(
      Account account,
      RefusedException refusal,
      boolean would,
      Circumstances found,
      HeaviestFlow.@Nullable Flow heaviest) {
    String user = user(account);
    Classification place = account.classification();
    kind.begin().add(would ? 1 : 0).add(refusal.rule()).add(place.priorityLevel());
    asker(kind, user, account.address());
    long now = time.nanoTime();
    if (book.counts(kind, now)) {
      book.write(
          new Refused(
              time.epochMillis(),
              account.auditId(),
              refusal.rule(),
              would,
              refusal.code(),
              ShownText.of(String.valueOf(refusal.getMessage()), LONGEST_MESSAGE),
              new Refused.Who(
                  ShownText.of(user),
                  ShownText.of(account.userAgent()),
                  ShownText.of(account.address())),
              ShownText.of(
                  account.method() + " " + LoggedTarget.of(account.target()), LONGEST_REQUEST),
              bounded(place),
              refusal.limit(),
              ShownText.of(refusal.limitKey(), LONGEST_KEY),
              refusal.seats(),
              found,
              Math.max(0, now - account.arrived()),
              refusal.retryAfterSeconds(),
              heaviest));
    }
  }

  /** As flow control sees it; who is refused impersonation is himself. */
  private static String user(Account account) {
    RequestDigest digest = account.digest();
    UserInfo who = digest == null ? account.authenticated() : digest.user();
    return who == null ? "" : who.name();
  }

  private static Classification bounded(Classification place) {
    String shown = ShownText.of(place.flowDistinguisher());
    return shown.equals(place.flowDistinguisher())
        ? place
        : new Classification(
            place.flowSchema(),
            place.flowSchemaUid(),
            place.priorityLevel(),
            place.priorityLevelUid(),
            shown);
  }

  @Override
  public void notAccepted(String rule, String message, String address) {
    KeyHash connection = new KeyHash(); // the accepting thread is not that of the requests
    connection.add(rule);
    asker(connection, "", address);
    if (book.counts(connection, time.nanoTime())) {
      book.write(
          new Refused(
              time.epochMillis(),
              "",
              rule,
              false,
              0,
              ShownText.of(message, LONGEST_MESSAGE),
              new Refused.Who("", "", ShownText.of(address)),
              "",
              Classification.NONE,
              "",
              "",
              0,
              Circumstances.NONE,
              0,
              0,
              null));
    }
  }

  private static void asker(KeyHash hash, String user, String address) {
    if (user.isEmpty()) {
      long bits =
          ClientAddress.parse(address).map(ClientAddress::of).map(ClientAddress::bits).orElse(0L);
      hash.add(bits);
    } else {
      hash.add(user);
    }
  }
}
