/**
 * Networks and endpoints through HNSCall ({@link io.gardencell.hcs.jna.network.HnsClient}) and the
 * host's adapters through iphlpapi.dll ({@link io.gardencell.hcs.jna.network.JnaInterfaces}).
 *
 * <p>Any thread; what needs another network compartment runs on a thread that is thrown away.
 */
@NullMarked
package io.gardencell.hcs.jna.network;

import org.jspecify.annotations.NullMarked;
