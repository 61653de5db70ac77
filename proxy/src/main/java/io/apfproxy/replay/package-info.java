/**
 * Flow control in virtual time: the façade that live requests pass, with a clock that jumps from
 * one thing that happens to the next. Nothing is ever sent anywhere. Imports the core and {@code
 * figures}; single-threaded, one {@code VirtualServer} for each configuration. Open {@code
 * VirtualServer} first.
 */
@NullMarked
package io.apfproxy.replay;

import org.jspecify.annotations.NullMarked;
