package io.apfproxy.flowcontrol;

import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request of a client, and what became of it. */
final class Client implements AdmissionListener {
  private final Admission admission;
  private @Nullable SeatLease lease;
  private @Nullable Rejection rejection;
  private int answers;

  private Client(FlowControl control, RequestDigest digest) {
    this.admission = control.admit(digest, this);
  }

  static Client get(FlowControl control, String user, String url) {
    return send(control, user, "GET", url);
  }

  static Client send(FlowControl control, String user, String method, String url) {
    return new Client(control, digest(UserInfo.of(user, UserInfo.AUTHENTICATED), method, url));
  }

  static Client send(FlowControl control, UserInfo user, String method, String url) {
    return new Client(control, digest(user, method, url));
  }

  static RequestDigest digest(UserInfo user, String method, String url) {
    return new RequestDigest(RecordedRequests.info(method, url), user, RecordedRequests.query(url));
  }

  @Override
  public void onExecute(SeatLease granted) {
    lease = granted;
    answers++;
  }

  @Override
  public void onReject(Rejection refused) {
    rejection = refused;
    answers++;
  }

  Admission admission() {
    return admission;
  }

  boolean executes() {
    return lease != null;
  }

  SeatLease lease() {
    return Objects.requireNonNull(lease, "not executing");
  }

  @Nullable RejectReason refusal() {
    return rejection == null ? null : rejection.reason();
  }

  @Nullable Rejection rejection() {
    return rejection;
  }

  int answers() {
    return answers;
  }
}
