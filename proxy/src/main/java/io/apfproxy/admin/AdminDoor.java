package io.apfproxy.admin;

import io.vertx.core.Context;
import org.jspecify.annotations.Nullable;

/** What the admin listener tells of, and who stands before its socket. */
public interface AdminDoor {
  /** Called on the context that is about to listen. */
  void open(Context context);

  /**
   * A request was refused. Called on the listener's event loop.
   *
   * @param rule fixed name of the rule that refused
   * @param message as the client reads it
   * @param cause of a failure that is not the client's
   */
  void refused(int code, String rule, String message, @Nullable Throwable cause, String address);

  /**
   * Somebody who does not read was cut off in the middle of an answer. Called on the listener's
   * event loop.
   *
   * @param rule fixed name of the rule that asks for it
   */
  void cutOff(String rule, String message, String address);

  /** Nobody. */
  AdminDoor NONE =
      new AdminDoor() {
        @Override
        public void open(Context context) {}

        @Override
        public void refused(
            int code, String rule, String message, @Nullable Throwable cause, String address) {}

        @Override
        public void cutOff(String rule, String message, String address) {}
      };
}
