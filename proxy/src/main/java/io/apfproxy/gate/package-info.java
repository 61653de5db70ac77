/**
 * What a request has to pass besides its priority level: limits of places, of bytes, of rates. A
 * gate lets it go on, lets it wait until an instant that is known at once, or refuses it; a chain
 * asks several in order and gives back what they took in reverse. No queue is here: flow control,
 * which decides by what other requests do later, is no gate. The gates that exist are where what
 * they count is known. Imports {@code request} and {@code java.*} only. Open {@link
 * io.apfproxy.gate.Gate} first.
 */
@NullMarked
package io.apfproxy.gate;

import org.jspecify.annotations.NullMarked;
