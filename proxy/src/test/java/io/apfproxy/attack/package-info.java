/**
 * Strangers before the whole proxy: each attack for some seconds, while an honest client works on.
 * Open {@code StrangerIT} first, then {@code Attack} for the list.
 */
package io.apfproxy.attack;
