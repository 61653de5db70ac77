package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.config.Enforcement;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.request.UserInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApfFlowControlTest extends ApfFlowControlFixture {
  @Test
  void executesAtOnceWhileSeatsAreFreeAndSaysWhereTheRequestBelongs() {
    ApfFlowControl control = control(2, Config.queuing("a", 100, 4, 10));

    Client client = Client.get(control, "ann", PODS);

    assertThat(client.executes()).isTrue();
    assertThat(client.admission().isWaiting()).isFalse();
    assertThat(client.admission().classification())
        .isEqualTo(new Classification("schema-a", "schema-a-uid", "a", "a-uid", "ann"));
    assertThat(level(control, "a").seatsInUse()).isEqualTo(1);
  }

  @Test
  void letsTheNextInWhenALeaseIsClosed() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 4, 10));
    Client first = Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);
    assertThat(second.admission().isWaiting()).isTrue();

    first.lease().close();

    assertThat(second.executes()).isTrue();
    assertThat(second.admission().isWaiting()).isFalse();
  }

  @Test
  void returnsTheSeatsOnceWhenALeaseIsClosedTwice() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 4, 10));
    Client first = Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);
    Client third = Client.get(control, "ann", PODS);

    first.lease().close();
    first.lease().close();

    assertThat(second.executes()).isTrue();
    assertThat(third.executes()).isFalse();
    assertThat(level(control, "a").seatsInUse()).isEqualTo(1);
  }

  @Test
  void refusesACancelledRequestThatStillWaited() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 4, 10));
    Client first = Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);

    assertThat(second.admission().cancel()).isTrue();

    assertThat(second.refusal()).isEqualTo(RejectReason.TIME_OUT);
    assertThat(second.admission().cancel()).isFalse();
    assertThat(first.admission().cancel()).as("cancelling what executes").isFalse();
    first.lease().close();
    assertThat(second.answers()).isEqualTo(1);
    assertThat(level(control, "a").cancelled()).isEqualTo(1);
  }

  @Test
  void refusesWhatDoesNotFitWhereNothingQueues() {
    ApfFlowControl control = control(1, Config.rejecting("a", 100));
    Client first = Client.get(control, "ann", PODS);

    Client second = Client.get(control, "ann", PODS);

    assertThat(first.executes()).isTrue();
    assertThat(second.rejection())
        .isEqualTo(
            new Rejection(
                RejectReason.CONCURRENCY_LIMIT,
                1,
                1,
                Rejection.NO_QUEUES,
                new Circumstances(1, 1, -1, 0, 0)));
  }

  @Test
  void refusesWhenItsQueueIsFull() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 1, 1));
    Client.get(control, "ann", PODS);
    Client.get(control, "ann", PODS);

    assertThat(Client.get(control, "ann", PODS).rejection())
        .isEqualTo(
            new Rejection(
                RejectReason.QUEUE_FULL,
                1,
                1,
                "all 1 places of this request's queue are taken and no seat is free",
                new Circumstances(1, 1, 0, 1, 1)));
  }

  @ParameterizedTest
  @CsvSource({"14_700, 15", "9_960, 10", "2_000, 2", "2_540, 2.5", "30, 0"})
  void tellsHowLongItWaitedInVain(String millis, String seconds) {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 1, 10));
    Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);

    time.advance(Duration.ofMillis(Long.parseLong(millis.replace("_", ""))));
    second.admission().cancel();

    assertThat(second.rejection())
        .isEqualTo(
            new Rejection(
                RejectReason.TIME_OUT,
                1,
                1,
                "no seat came free within " + seconds + " s",
                new Circumstances(1, 1, 0, 0, 10)));
  }

  @Test
  void asksForMorePatienceTheMoreIsRefused() {
    ApfFlowControl control = control(1, Config.rejecting("a", 100));
    Client.get(control, "ann", PODS);
    Rejection last = null;
    for (int second = 0; second < 8; second++) {
      for (int i = 0; i < 10; i++) {
        last = Client.get(control, "ann", PODS).rejection();
      }
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(Objects.requireNonNull(last).retryAfterSeconds()).isEqualTo(8);
  }

  @Tag("S56")
  @Test
  void boundsAllThatWaitTogether() {
    ApfFlowControl control =
        control(
            new FlowControlSettings(
                1, 2, true, false, BurstSeats.none(), Enforcement.ENFORCE, false),
            Config.queuing("a", 100, 8, 100));
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(Client.get(control, "ann", PODS));
    }

    assertThat(clients).filteredOn(client -> client.admission().isWaiting()).hasSize(2);
    assertThat(clients)
        .filteredOn(client -> client.refusal() == RejectReason.QUEUE_FULL)
        .hasSize(2);
  }

  @Tag("S53")
  @Test
  void boundsWhatExecutesAtTheExemptLevel() {
    ApfFlowControl control = control(1, Config.rejecting("a", 100));
    UserInfo admin = UserInfo.of("admin", UserInfo.MASTERS);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(Client.send(control, admin, "GET", PODS));
    }

    Client tooMany = Client.send(control, admin, "GET", PODS);

    assertThat(clients).allMatch(Client::executes);
    assertThat(tooMany.refusal()).isEqualTo(RejectReason.CONCURRENCY_LIMIT);
    assertThat(level(control, "exempt").rejected()).isEqualTo(1);
    clients.get(0).lease().close();
    assertThat(Client.send(control, admin, "GET", PODS).executes()).isTrue();
  }

  /** L-51: administrators are let in above all when the server is back and seats are few. */
  @Tag("S53")
  @Test
  void boundsExemptRequestsByTheSeatsThatWereConfiguredHoweverFewThereAre() {
    ApfFlowControl control = control(10, Config.rejecting("a", 100));
    UserInfo admin = UserInfo.of("admin", UserInfo.MASTERS);
    control.resize(1);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clients.add(Client.send(control, admin, "GET", PODS));
    }

    assertThat(clients).allMatch(Client::executes);
    assertThat(Client.send(control, admin, "GET", PODS).refusal())
        .isEqualTo(RejectReason.CONCURRENCY_LIMIT);
  }

  @Test
  void holdsTheSeatsOfAWatchOnlyUntilItIsInitialised() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 4, 10));
    Client watch = Client.get(control, "ann", "/api/v1/namespaces/ns/pods?watch=1");
    Client next = Client.get(control, "ann", PODS);

    watch.lease().watchInitialised();
    watch.lease().watchInitialised();

    assertThat(next.executes()).isTrue();
    watch.lease().close();
    assertThat(level(control, "a").seatsInUse()).isEqualTo(1);
  }

  @Test
  void ignoresInitialisationOfWhatIsNoWatch() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 4, 10));
    Client client = Client.get(control, "ann", PODS);

    client.lease().watchInitialised();

    assertThat(level(control, "a").executing()).isEqualTo(1);
  }

  @Test
  void keepsSeatsOccupiedAfterAWriteThatManyWatch() {
    ApfFlowControl control = control(10, Config.queuing("a", 100, 4, 10));
    List<Client> watches = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Client watch = Client.get(control, "ann", "/api/v1/namespaces/ns/pods?watch=1");
      watch.lease().watchInitialised();
      watches.add(watch);
    }
    Client write = Client.send(control, "ann", "PUT", PODS);

    write.lease().close();

    assertThat(level(control, "a").executing()).isZero();
    assertThat(level(control, "a").seatsInUse()).isEqualTo(1);
    time.advance(Duration.ofMillis(5));
    assertThat(level(control, "a").seatsInUse()).isZero();
    watches.forEach(watch -> watch.lease().close());
    Client.send(control, "ann", "PUT", PODS).lease().close();
    assertThat(level(control, "a").seatsInUse()).as("nobody watches any more").isZero();
  }

  @Test
  void returnsTheSeatsWhenTheListenerFails() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 4, 10));
    AdmissionListener broken =
        new AdmissionListener() {
          @Override
          public void onExecute(SeatLease lease) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void onReject(Rejection rejection) {}
        };

    assertThatThrownBy(() -> control.admit(Client.digest(UserInfo.of("ann"), "GET", PODS), broken))
        .hasMessage("broken");

    assertThat(Client.get(control, "ann", PODS).executes()).isTrue();
  }

  @Test
  void lendsIdleSeatsToALevelThatWantsThem() {
    ApfFlowControl control =
        control(20, Config.lending("a", 100, 90), Config.lending("b", 100, 90));
    int idleLimit = level(control, "a").currentLimit();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      clients.add(Client.get(control, "ann", PODS));
    }
    assertThat(clients).filteredOn(Client::executes).hasSize(idleLimit);

    time.advance(Duration.ofSeconds(10));
    control.adjustBorrowing();

    assertThat(level(control, "a").currentLimit()).isGreaterThan(idleLimit);
    assertThat(clients).filteredOn(Client::executes).hasSize(level(control, "a").currentLimit());
    assertThat(level(control, "a").demandHighWatermark()).isEqualTo(40);
    assertThat(control.seatFairFraction()).isPositive();
  }

  @Test
  void costsAListByWhatAListBeforeShowed() {
    ApfFlowControl control = control(100, Config.queuing("a", 100, 4, 10));

    control.learnedObjects().learn("widgets.example.com", 10, true, 43_752, true);

    Client.get(control, "ann", "/apis/example.com/v1/widgets?resourceVersionMatch=Exact");
    assertThat(level(control, "a").seatsInUse()).isEqualTo(5);
  }

  @Test
  void believesTheServersCountOfObjectsMoreThanWhatPassed() {
    ApfFlowControl control = control(600, Config.queuing("a", 100, 4, 10));
    String list = "/api/v1/configmaps?limit=500&resourceVersion=1";
    Client unknown = Client.get(control, "ann", list);
    assertThat(level(control, "a").seatsInUse()).isEqualTo(1);
    unknown.lease().close();

    control.polledObjects().set("configmaps", 5000, 3000);

    Client.get(control, "ann", list);
    assertThat(level(control, "a").seatsInUse()).isEqualTo(15);
  }
}
