package io.apfproxy.server.walk;

import io.apfproxy.request.RefusedException;

/**
 * One place on the walk of all requests of one event loop: lets a request go on, lets it wait, or
 * refuses it. What it takes for a request it gives to {@link Call#hold}.
 */
interface Station {
  /**
   * @return {@link Wait#NONE} to go on at once, else what the request waits for, which may be over
   *     already
   * @throws RefusedException the request ends here
   */
  Wait at(Call call) throws RefusedException;
}
